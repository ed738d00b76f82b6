/**
 * Where the packets of one engine went: skbs, packets and payload by reason, for all flows together and for each of the
 * flows that count. Memory is bounded: when too many flows are kept, the half with less payload is poured into "others", and
 * so are flows that the flow table forgets.
 */
import { type Core, reserveWords } from '../capture/core.ts';
import { REASONS } from '../coalesce/reason.ts';
import { MOST_FLOWS } from '../packet/flows.ts';

/** Flows kept apart at once: a quarter of a kilobyte each. */
const KEPT_FLOWS = 16_384;
/** Room for so many at first. */
const FIRST_ROOM = 64;
/** Rows before those of flows. */
const NO_FLOW = 0;
const OTHERS = 1;
const FIRST_FLOW = 2;
const NO_FLOW_NUMBER = -1;

/** Numbers of one reason in a row. */
const NUMBERS = 4;
const SKBS = 0;
const PACKETS = 1;
const BYTES = 2;
const DATA_SKBS = 3;
/** Room for so many reasons in a row at first: few are met, and rows are looked at in no order, so that short ones are faster. */
const FIRST_REASONS = 8;

export interface ReasonCounts {
  /** Index into REASONS. */
  readonly reason: number;
  readonly skbs: number;
  readonly packets: number;
  /** TCP payload. */
  readonly payloadBytes: number;
  /** Skbs with payload; the others are packets that were delivered alone. */
  readonly dataSkbs: number;
}

/** A row without reasons has seen nothing. */
export type Fates = readonly ReasonCounts[];

export interface FlowFates {
  readonly flow: number;
  readonly fates: Fates;
}

export interface FateCounts {
  /** An skb was delivered. `flow` is -1 where it has none. */
  add(flow: number, reason: number, packets: number, payloadBytes: number, dataSkbs: number): void;
  /** Address of what kernels add to (wasm/fates.ts), 0 where it does not lie in the core. */
  readonly inCore: number;
  /** The number of this flow will be another's. */
  forget(flow: number): void;
  total(): Fates;
  /** The flows with most payload, and all others in one row; what has no flow is apart. */
  top(flows: number): { flows: readonly FlowFates[]; others: Fates; withoutFlow: Fates };
}

/** What kernels know of the counts: the number under which the program is asked for a row or a place, addresses, bytes of a row. */
const WORD = { ID: 0, ROW_OF: 1, NUMBERS: 2, ROW_BYTES: 3, PLACE_OF: 4 } as const;

/** Payload to four bits after the first one, as a number in order; 4 GiB and more is one size. */
function sizeOf(bytes: number): number {
  const word = Math.min(bytes, 0xffff_ffff) >>> 0;
  if (word < 16) return word;
  const exponent = 31 - Math.clz32(word);
  return 16 * (exponent - 3) + ((word >>> (exponent - 4)) & 15);
}
const SIZES = 16 * 29;

interface Room {
  /** Row of each flow, 0 where it has none. */
  readonly rowOf: Uint16Array;
  readonly numbers: Float64Array;
}

/** For all flows, all rows and all reasons, as the core does not grow; pages that nobody touches cost nothing. */
function reserveRoom(core: Core | null, rows: number): Room | null {
  const rowOf = core?.reserve(2 * MOST_FLOWS) ?? null;
  const length = rows * NUMBERS * REASONS.length;
  const numbers = rowOf === null ? null : (core?.reserve(8 * length) ?? null);
  if (rowOf === null || numbers === null) return null;
  return {
    rowOf: new Uint16Array(rowOf.buffer, rowOf.byteOffset, MOST_FLOWS),
    numbers: new Float64Array(numbers.buffer, numbers.byteOffset, length),
  };
}

/**
 * @param core kernels add to the counts too, if it has room
 * @param keptFlows at most 60,000
 */
export function createFateCounts(core: Core | null = null, keptFlows: number = KEPT_FLOWS): FateCounts {
  const mostRows = FIRST_FLOW + keptFlows;
  const reserved = reserveRoom(core, mostRows);
  /** Most captures have few flows: on the heap room for more is made when they come. */
  let room = reserved === null ? FIRST_FLOW + FIRST_ROOM : mostRows;
  let rowLength = FIRST_REASONS * NUMBERS;
  let { rowOf, numbers } = reserved ?? {
    rowOf: new Uint16Array(4096),
    numbers: new Float64Array(room * rowLength),
  };
  const inCore = reserved === null ? null : core;
  /** Where in a row the numbers of each reason stand; -1 until it is met. */
  const placeOf = reserveWords(inCore, REASONS.length).fill(-1);
  const words = reserveWords(inCore, Object.keys(WORD).length);
  let metReasons = 0;
  /** Of each row. */
  const flowOf = new Int32Array(mostRows).fill(NO_FLOW_NUMBER);
  let rows = FIRST_FLOW;
  /** Rows that flows left. */
  const freeRows = new Int32Array(mostRows);
  let freeCount = 0;

  function rowOfFlow(flow: number): number {
    if (flow < 0) return NO_FLOW;
    if (flow >= rowOf.length) {
      const larger = new Uint16Array(Math.max(flow + 1, rowOf.length * 2));
      larger.set(rowOf);
      rowOf = larger;
    }
    const row = rowOf[flow]!;
    if (row !== 0) return row;
    if (freeCount === 0 && rows === mostRows) dropSmallHalf();
    const found = freeCount > 0 ? freeRows[--freeCount]! : nextRow();
    rowOf[flow] = found;
    flowOf[found] = flow;
    return found;
  }

  function nextRow(): number {
    if (rows === room) {
      room = Math.min(2 * room, mostRows);
      growTo(room * rowLength);
    }
    return rows++;
  }

  /** In the core there is room enough. */
  function growTo(length: number): void {
    if (length <= numbers.length) return;
    const larger = new Float64Array(length);
    larger.set(numbers);
    numbers = larger;
  }

  function placeOfReason(reason: number): number {
    if (placeOf[reason]! >= 0) return placeOf[reason]!;
    if (metReasons * NUMBERS === rowLength) lengthenRows(Math.min(2 * rowLength, REASONS.length * NUMBERS));
    placeOf[reason] = metReasons * NUMBERS;
    return metReasons++ * NUMBERS;
  }

  function lengthenRows(length: number): void {
    growTo(room * length);
    for (let row = rows - 1; row >= 0; row--) {
      const at = row * length;
      numbers.copyWithin(at, row * rowLength, (row + 1) * rowLength);
      numbers.fill(0, at + rowLength, at + length);
    }
    rowLength = length;
    words[WORD.ROW_BYTES] = 8 * length;
  }

  /** Payload of each row, whatever the reason: what flows are ranked by. */
  function payloadOfRows(): Float64Array {
    const bytesOf = new Float64Array(rows);
    const end = metReasons * NUMBERS;
    for (let row = 0; row < rows; row++) {
      const at = row * rowLength;
      for (let i = BYTES; i < end; i += NUMBERS) bytesOf[row]! += numbers[at + i]!;
    }
    return bytesOf;
  }

  function countSizes(bytesOf: Float64Array): Int32Array {
    const flowsOfSize = new Int32Array(SIZES);
    for (let row = FIRST_FLOW; row < rows; row++) {
      if (flowOf[row]! >= 0) flowsOfSize[sizeOf(bytesOf[row]!)]! += 1;
    }
    return flowsOfSize;
  }

  /** Rows of so many flows, most payload first; of two with the same the flow seen first. */
  function largest(flows: number): number[] {
    const bytesOf = payloadOfRows();
    const flowsOfSize = countSizes(bytesOf);
    let least = SIZES;
    for (let found = 0; found < flows && least > 0; least--) found += flowsOfSize[least - 1]!;
    const found: number[] = [];
    for (let row = FIRST_FLOW; row < rows; row++) {
      if (flowOf[row]! >= 0 && sizeOf(bytesOf[row]!) >= least) found.push(row);
    }
    return found.sort((a, b) => bytesOf[b]! - bytesOf[a]! || flowOf[a]! - flowOf[b]!).slice(0, flows);
  }

  function pour(row: number, into: number): void {
    const from = row * rowLength;
    const to = into * rowLength;
    const length = metReasons * NUMBERS;
    for (let i = 0; i < length; i++) {
      numbers[to + i]! += numbers[from + i]!;
      numbers[from + i] = 0;
    }
  }

  function free(row: number): void {
    pour(row, OTHERS);
    rowOf[flowOf[row]!] = 0;
    flowOf[row] = NO_FLOW_NUMBER;
    freeRows[freeCount++] = row;
  }

  /** All rows are in use. Payload is told apart to a sixteenth; of flows that are alike the rows that stand first are dropped. */
  function dropSmallHalf(): void {
    const bytesOf = payloadOfRows();
    const flowsOfSize = countSizes(bytesOf);
    let left = Math.ceil(keptFlows / 2);
    let size = 0;
    for (; flowsOfSize[size]! < left; size++) left -= flowsOfSize[size]!;
    for (let row = FIRST_FLOW; row < rows; row++) {
      const own = sizeOf(bytesOf[row]!);
      if (own > size || (own === size && left === 0)) continue;
      if (own === size) left--;
      free(row);
    }
  }

  function forget(flow: number): void {
    const row = rowOf[flow] ?? 0;
    if (row !== 0) free(row);
  }

  /** Adds a row to sums, `times` times. */
  function sumUp(sums: Float64Array, row: number, times: number): void {
    const at = row * rowLength;
    for (let i = 0; i < sums.length; i++) sums[i]! += times * numbers[at + i]!;
  }

  function sumsFrom(first: number): Float64Array {
    const sums = new Float64Array(metReasons * NUMBERS);
    for (let row = first; row < rows; row++) sumUp(sums, row, 1);
    return sums;
  }

  function fatesOf(sums: Float64Array): Fates {
    const met = [...REASONS.keys()].filter((reason) => placeOf[reason]! >= 0);
    const all = met.map((reason) => {
      const at = placeOf[reason]!;
      return {
        reason,
        skbs: sums[at + SKBS]!,
        packets: sums[at + PACKETS]!,
        payloadBytes: sums[at + BYTES]!,
        dataSkbs: sums[at + DATA_SKBS]!,
      };
    });
    return all.filter(({ skbs }) => skbs > 0);
  }

  function fatesOfRow(row: number): Fates {
    const at = row * rowLength;
    return fatesOf(numbers.subarray(at, at + metReasons * NUMBERS));
  }

  function add(flow: number, reason: number, packets: number, payloadBytes: number, dataSkbs: number): void {
    const place = placeOfReason(reason);
    const at = rowOfFlow(flow) * rowLength + place;
    numbers[at + SKBS]! += 1;
    numbers[at + PACKETS]! += packets;
    numbers[at + BYTES]! += payloadBytes;
    numbers[at + DATA_SKBS]! += dataSkbs;
  }

  if (inCore !== null) {
    const known = inCore.fates.push((flow, reason) => {
      placeOfReason(reason);
      rowOfFlow(flow);
    });
    words[WORD.ID] = known - 1;
    words[WORD.ROW_OF] = rowOf.byteOffset;
    words[WORD.NUMBERS] = numbers.byteOffset;
    words[WORD.ROW_BYTES] = 8 * rowLength;
    words[WORD.PLACE_OF] = placeOf.byteOffset;
  }
  const areWordsInCore = [placeOf, words].every(({ buffer }) => buffer === inCore?.buffer);

  return {
    add,
    inCore: areWordsInCore ? words.byteOffset : 0,
    forget,
    total: () => fatesOf(sumsFrom(NO_FLOW)),
    top(flows) {
      const listed = largest(flows);
      const others = sumsFrom(OTHERS);
      for (const row of listed) sumUp(others, row, -1);
      return {
        flows: listed.map((row) => ({ flow: flowOf[row]!, fates: fatesOfRow(row) })),
        others: fatesOf(others),
        withoutFlow: fatesOfRow(NO_FLOW),
      };
    },
  };
}

export interface Rate {
  readonly dataPackets: number;
  readonly dataSkbs: number;
}

/** TCP data segments, and the skbs that carry them. */
export function rateOf(fates: Fates): Rate {
  let dataPackets = 0;
  let dataSkbs = 0;
  for (const fate of fates) {
    dataSkbs += fate.dataSkbs;
    dataPackets += fate.packets - (fate.skbs - fate.dataSkbs);
  }
  return { dataPackets, dataSkbs };
}
