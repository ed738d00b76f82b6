/**
 * Where the packets of one engine went: skbs, packets and payload by reason, for all flows together and for each of the
 * flows that count. Memory is bounded: when too many flows are kept, the half with less payload is poured into "others", and
 * so are flows that the flow table forgets.
 */
import { REASONS } from '../coalesce/reason.ts';

/** Flows kept apart at once. */
const KEPT_FLOWS = 4096;
/** Room for so many at first. */
const FIRST_ROOM = 64;
/** Rows before those of flows. */
const NO_FLOW = 0;
const OTHERS = 1;
const FIRST_FLOW = 2;

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
  /** The same of so many skbs, of which each has four words: flow, reason, packets, payload. Returns how many have payload. */
  addAll(skbs: Int32Array, count: number): number;
  /** The number of this flow will be another's. */
  forget(flow: number): void;
  total(): Fates;
  /** The flows with most payload, and all others in one row; what has no flow is apart. */
  top(flows: number): { flows: readonly FlowFates[]; others: Fates; withoutFlow: Fates };
}

export function createFateCounts(keptFlows: number = KEPT_FLOWS): FateCounts {
  /** Most captures have few flows: room for more is made when they come. */
  let room = FIRST_FLOW + FIRST_ROOM;
  let rowLength = FIRST_REASONS * NUMBERS;
  let numbers = new Float64Array(room * rowLength);
  /** Where in a row the numbers of each reason stand; -1 until it is met. */
  const placeOf = new Int32Array(REASONS.length).fill(-1);
  let metReasons = 0;
  /** Row of each flow, 0 where it has none. */
  let rowOf = new Int32Array(4096);
  const flowOf = new Int32Array(FIRST_FLOW + keptFlows);
  let rows = FIRST_FLOW;

  function rowOfFlow(flow: number): number {
    if (flow < 0) return NO_FLOW;
    if (flow >= rowOf.length) {
      const larger = new Int32Array(Math.max(flow + 1, rowOf.length * 2));
      larger.set(rowOf);
      rowOf = larger;
    }
    const row = rowOf[flow]!;
    if (row !== 0) return row;
    if (rows === FIRST_FLOW + keptFlows) dropSmallHalf();
    if (rows === room) {
      room = Math.min(2 * room, FIRST_FLOW + keptFlows);
      const larger = new Float64Array(room * rowLength);
      larger.set(numbers);
      numbers = larger;
    }
    rowOf[flow] = rows;
    flowOf[rows] = flow;
    return rows++;
  }

  function meet(reason: number): number {
    if (metReasons * NUMBERS === rowLength) {
      const longer = new Float64Array(2 * numbers.length);
      for (let row = 0; row < rows; row++) {
        longer.set(numbers.subarray(row * rowLength, (row + 1) * rowLength), 2 * row * rowLength);
      }
      numbers = longer;
      rowLength *= 2;
    }
    placeOf[reason] = metReasons * NUMBERS;
    return metReasons++ * NUMBERS;
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

  /** Rows of flows, most payload first; of two with the same the flow seen first. */
  function ranked(): Int32Array {
    const bytesOf = payloadOfRows();
    const all = Int32Array.from({ length: rows - FIRST_FLOW }, (_, i) => FIRST_FLOW + i);
    return all.sort((a, b) => bytesOf[b]! - bytesOf[a]! || flowOf[a]! - flowOf[b]!);
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

  /** Which rows are the half with most payload, ranked as above: without a call for each pair of rows. */
  function largeHalf(): (row: number) => boolean {
    const kept = Math.floor(keptFlows / 2);
    const bytesOf = payloadOfRows();
    const ascending = bytesOf.slice(FIRST_FLOW, rows).sort();
    const least = ascending[ascending.length - kept]!;
    const above = ascending.length - 1 - ascending.lastIndexOf(least);
    const alike = flowOf.subarray(FIRST_FLOW, rows).filter((_, i) => bytesOf[FIRST_FLOW + i] === least);
    const lastOfAlike = alike.sort()[kept - above - 1]!;
    return (row) => bytesOf[row]! > least || (bytesOf[row] === least && flowOf[row]! <= lastOfAlike);
  }

  function dropSmallHalf(): void {
    const isKept = largeHalf();
    const end = rows;
    rows = FIRST_FLOW;
    for (let row = FIRST_FLOW; row < end; row++) {
      const flow = flowOf[row]!;
      if (!isKept(row)) {
        pour(row, OTHERS);
        rowOf[flow] = 0;
        continue;
      }
      // Moves down into a row that is free by then.
      if (row !== rows) {
        pour(row, rows);
        flowOf[rows] = flow;
        rowOf[flow] = rows;
      }
      rows++;
    }
  }

  /** The last row takes the place of the flow's. */
  function forget(flow: number): void {
    const row = rowOf[flow] ?? 0;
    if (row === 0) return;
    pour(row, OTHERS);
    rowOf[flow] = 0;
    rows--;
    if (row === rows) return;
    pour(rows, row);
    flowOf[row] = flowOf[rows]!;
    rowOf[flowOf[row]!] = row;
  }

  function fatesOf(summed: readonly number[]): Fates {
    const sum = (reason: number, number: number): number => {
      const place = placeOf[reason]! + number;
      return summed.reduce((total, row) => total + numbers[row * rowLength + place]!, 0);
    };
    const met = [...REASONS.keys()].filter((reason) => placeOf[reason]! >= 0);
    const all = met.map((reason) => ({
      reason,
      skbs: sum(reason, SKBS),
      packets: sum(reason, PACKETS),
      payloadBytes: sum(reason, BYTES),
      dataSkbs: sum(reason, DATA_SKBS),
    }));
    return all.filter(({ skbs }) => skbs > 0);
  }

  function add(flow: number, reason: number, packets: number, payloadBytes: number, dataSkbs: number): void {
    const row = rowOfFlow(flow);
    const place = placeOf[reason]! < 0 ? meet(reason) : placeOf[reason]!;
    const at = row * rowLength + place;
    numbers[at + SKBS]! += 1;
    numbers[at + PACKETS]! += packets;
    numbers[at + BYTES]! += payloadBytes;
    numbers[at + DATA_SKBS]! += dataSkbs;
  }

  return {
    add,
    addAll(skbs, count) {
      let dataSkbs = 0;
      for (let at = 0; at < 4 * count; at += 4) {
        const data = skbs[at + 3]! > 0 ? 1 : 0;
        add(skbs[at]!, skbs[at + 1]!, skbs[at + 2]!, skbs[at + 3]!, data);
        dataSkbs += data;
      }
      return dataSkbs;
    },
    forget,
    total: () => fatesOf(Array.from({ length: rows }, (_, row) => row)),
    top(flows) {
      const order = ranked();
      return {
        flows: Array.from(order.subarray(0, flows), (row) => ({ flow: flowOf[row]!, fates: fatesOf([row]) })),
        others: fatesOf([OTHERS, ...order.subarray(flows)]),
        withoutFlow: fatesOf([NO_FLOW]),
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
