/**
 * The WebAssembly core (wasm/): kernels that take the usual packets of a block and stop at whatever is unusual, which
 * the code beside their calls then takes. That code can take everything, and is what runs without a core. Kernels
 * work on columns that lie in their memory: typed arrays like any others for everybody else.
 */
import { readFileSync } from 'node:fs';
import { packageFile } from '../package-root.ts';

/** See wasm/ for what they do. Frame offsets are addresses, because the reading window begins at address 0. */
export interface Kernels {
  scanPcap(
    at: number,
    end: number,
    row: number,
    capacity: number,
    headerBytes: number,
    baseSeconds: number,
    baseNs: number,
    nsPerTick: number,
  ): number;
  scanPcapng(
    at: number,
    end: number,
    row: number,
    capacity: number,
    id: number,
    baseHigh: number,
    baseLow: number,
    nsPerTick: number,
    restNs: number,
  ): number;
  decode(row: number, count: number): number;
  assignFlows(row: number, count: number): number;
  rememberFlow(row: number): void;
  forgetFlows(): void;
  filterMac(first: number, last: number, count: number): number;
  isInOrder(received: number, lastNs: number): number;
  firstAt(from: number, to: number, edgeNs: number): number;
  mergeInetLro(
    slots: number,
    maxDesc: number,
    maxAggr: number,
    lengthLimit: number,
    from: number,
    to: number,
  ): number;
  /** As `mergeInetLro`, for a sink that only counts skbs; `endedSessions` says how many left full sessions. */
  countInetLro(
    slots: number,
    maxDesc: number,
    list: number,
    maxAggr: number,
    lengthLimit: number,
    from: number,
    to: number,
  ): number;
  endedSessions(): number;
  /** Empties all sessions of such an engine; returns how many held packets. */
  endSessions(slots: number, maxDesc: number): number;
  /** For the engine at this address: src/coalesce/gro-room.ts. */
  mergeLinuxGro(engine: number, from: number, to: number): number;
  /** Of packets that `mergeInetLro` or `mergeLinuxGro` took; src/replay/merge-losses.ts. */
  countLosses(
    states: number,
    counts: number,
    slots: number,
    lastSlots: number,
    from: number,
    to: number,
  ): void;
  /** src/packet/super-packets.ts. */
  countLengths(packetsOf: number, payloadOf: number, received: number): void;
  nextSyn(row: number, count: number): number;
  /** The first of the doubles `from … to-1` at `doubles` that is not 0, `to` if all are. */
  nextCounted(doubles: number, from: number, to: number): number;
  observe(
    sums: number,
    payload: number,
    next: number,
    known: number,
    flows: number,
    packetsOf: number,
    payloadOf: number,
    from: number,
    to: number,
  ): number;
  countTcp(count: number): number;
  /** Of the log of delivered skbs: entries that the path at this address takes; src/path/path-core.ts. */
  passSkbs(path: number, from: number, to: number): number;
  countReasons(skbsOf: number, packetsOf: number, entries: number): void;
  /** Of the lane at this address; src/nic/batch-core.ts and napi-core.ts. */
  runBatch(lane: number, from: number, to: number): number;
  runWindow(lane: number, from: number, to: number): number;
  runNapi(lane: number, from: number, to: number): number;
  /** Polls `first … count-1` of those at `polls` that met an obstacle of `waived`: src/coalesce/counted-polls.ts. */
  countInetLroPolls(
    slots: number,
    maxDesc: number,
    list: number,
    maxAggr: number,
    lengthLimit: number,
    polls: number,
    first: number,
    count: number,
    waived: number,
  ): number;
  countLinuxGroPolls(engine: number, polls: number, first: number, count: number, waived: number): number;
  /** Skbs that the last of these calls ended, those of the plain run in its polls, and the packet that it left over. */
  endedInPolls(): number;
  plainInPolls(): number;
  stoppedAt(): number;
  /** Before a block of which an engine marks packets for others. */
  forgetMarks(): void;
  /** The slot whose skb the last packet taken by `mergeLinuxGro` finished, -1 if none. */
  finishedSkb(): number;
  /** Skbs that the last `mergeLinuxGro` ended because only their number counts. */
  endedSkbs(): number;
  /** Empties all lists of an engine whose skbs are only counted; returns how many skbs there were. */
  endHeldSkbs(engine: number): number;
  /** The slot that the last packet taken by `mergeInetLro` filled, -1 if none. */
  filledSession(): number;
}

/** What wasm/layout.ts names: addresses, and sizes in bytes, rows or entries. */
export type Place =
  | 'WINDOW_BYTES'
  | 'MAX_ROWS'
  | 'TIME_NS'
  | 'FRAME_OFFSET'
  | 'CAPTURED_BYTES'
  | 'WIRE_BYTES'
  | 'LINK_TYPE'
  | 'IP_AT'
  | 'TCP_AT'
  | 'IP_LENGTH'
  | 'SEQ'
  | 'PAYLOAD_BYTES'
  | 'FLOW'
  | 'RECEIVED_ROWS'
  | 'TCP_FLAGS'
  | 'KIND'
  | 'DIRECTION'
  | 'RESULTS'
  | 'LOG'
  | 'LOG_ENTRIES'
  | 'FREE'
  | 'MEMORY_BYTES';

/** Nanoseconds that an skb takes below the driver. */
export type SkbPrice = (segments: number, payloadBytes: number, frameBytes: number) => number;

/** Makes room for a flow, -1 for none, and a reason of a lane that is explained: src/replay/fate-counts.ts. */
export type MeetFate = (flow: number, reason: number) => void;

/** What a kernel needs to know to merge for an engine: its sessions lie in the core. */
export interface CoreMerge {
  /** Of inet_lro; null for other engines. */
  readonly slots: Int32Array | null;
  /** Of linux-gro: src/coalesce/gro-room.ts; null for other engines. */
  readonly gro: Int32Array | null;
  /** Skbs held at most; 0 for an engine that merges nothing. */
  readonly maxDesc: number;
  readonly maxAggr: number;
  readonly lengthLimit: number;
}

/** One reading window, the columns of one packet table, and the state of their engines. */
export interface Core {
  readonly kernels: Kernels;
  /** Never grows, so that views of it stay valid. */
  readonly buffer: ArrayBuffer;
  readonly at: Readonly<Record<Place, number>>;
  /** What the last scan found: where it stopped, wire bytes, truncated packets, shortest truncation. */
  readonly results: Float64Array;
  /** By the number of a lane: kernels ask for what they do not remember. */
  readonly prices: SkbPrice[];
  /** By the number of what counts fates. */
  readonly fates: MeetFate[];
  /** Zeroed room for an engine; null when there is no more, and then the engine does without kernels. */
  reserve(bytes: number): Uint8Array<ArrayBuffer> | null;
}

const WASM_PAGE_BYTES = 65_536;
const CACHE_LINE_BYTES = 64;
/** As wasm/asconfig.json says. */
const MEMORY_PAGES = 2048;

let compiled: WebAssembly.Module | null = null;

export function createCore(): Core {
  compiled ??= new WebAssembly.Module(readFileSync(packageFile('dist/wasm/core.wasm')));
  const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
  const prices: SkbPrice[] = [];
  const fates: MeetFate[] = [];
  const priceSkb = (lane: number, segments: number, payloadBytes: number, frameBytes: number): number =>
    prices[lane]!(segments, payloadBytes, frameBytes);
  const meetFate = (id: number, flow: number, reason: number): undefined => {
    fates[id]!(flow, reason);
  };
  const imports = { env: { memory }, delivery: { priceSkb }, fates: { meetFate } };
  const { exports } = new WebAssembly.Instance(compiled, imports);
  const { buffer } = memory;
  const at = Object.fromEntries(
    Object.entries(exports)
      .filter(([, value]) => typeof value === 'object')
      .map(([name, place]) => [name, (place as { readonly value: number }).value]),
  ) as Record<Place, number>;
  if (at.MEMORY_BYTES !== MEMORY_PAGES * WASM_PAGE_BYTES) throw new Error('the core has another memory size');
  let free = at.FREE;
  return {
    kernels: exports as unknown as Kernels,
    buffer,
    at,
    results: new Float64Array(buffer, at.RESULTS, 4),
    prices,
    fates,
    reserve(bytes) {
      const start = free;
      const end = start + Math.ceil(bytes / CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
      if (end > at.MEMORY_BYTES) return null;
      free = end;
      return new Uint8Array(buffer, start, bytes);
    },
  };
}

/** Zeroed numbers in the core, or on the heap where there is none or it has no room. */
export function reserveDoubles(core: Core | null, length: number): Float64Array {
  const room = core?.reserve(8 * length) ?? null;
  return room === null ? new Float64Array(length) : new Float64Array(room.buffer, room.byteOffset, length);
}

export function reserveWords(core: Core | null, length: number): Int32Array {
  const room = core?.reserve(4 * length) ?? null;
  return room === null ? new Int32Array(length) : new Int32Array(room.buffer, room.byteOffset, length);
}
