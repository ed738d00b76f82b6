/**
 * How long each packet is held: from its arrival at the NIC until its skb leaves the driver. Packets that were merged
 * wait in their slot's chain until the skb is delivered; memory is bounded by the packets held at once.
 */
import { type Core, reserveDoubles, reserveWords } from '../capture/core.ts';
import { addTime, createHistogram, type Histogram } from './histogram.ts';

export interface HoldTimes {
  readonly histogram: Histogram;
  /** Arrival of the packet that the engine takes now. */
  takenNs: number;
  /** Arrivals of held packets, and the next node of each chain. */
  arrivalNs: Float64Array;
  next: Int32Array;
  used: number;
  free: number;
  /** First node of each slot's chain. */
  newestOf: Int32Array;
  /**
   * Whether deliveries are in offsets from a time not known yet; and those so far, which all happened that much later.
   */
  waiting: boolean;
  offsetNs: Float64Array;
  offsets: number;
}

const END = -1;

/** What is held at once, and waits at once; they grow, but not in the core. */
export interface HoldLimits {
  readonly slots: number;
  readonly packets: number;
  readonly waiting: number;
}

const SMALL: HoldLimits = { slots: 8, packets: 64, waiting: 64 };

export function createHoldTimes(core: Core | null = null, limits: HoldLimits = SMALL): HoldTimes {
  return {
    histogram: createHistogram(core),
    takenNs: Number.NaN,
    arrivalNs: reserveDoubles(core, limits.packets),
    next: reserveWords(core, limits.packets),
    used: 0,
    free: END,
    newestOf: reserveWords(core, limits.slots).fill(END),
    waiting: false,
    offsetNs: reserveDoubles(core, limits.waiting),
    offsets: 0,
  };
}

/** The packet taken now entered a slot. */
export function holdTaken(holds: HoldTimes, slot: number): void {
  if (slot >= holds.newestOf.length) growSlots(holds, slot);
  const node = newNode(holds);
  holds.arrivalNs[node] = holds.takenNs;
  holds.next[node] = holds.newestOf[slot]!;
  holds.newestOf[slot] = node;
}

/** The packets of a slot are delivered. */
export function deliverSlot(holds: HoldTimes, slot: number, nowNs: number): void {
  const { next, arrivalNs } = holds;
  let node = holds.newestOf[slot]!;
  holds.newestOf[slot] = END;
  while (node !== END) {
    addHold(holds, nowNs - arrivalNs[node]!);
    const older = next[node]!;
    next[node] = holds.free;
    holds.free = node;
    node = older;
  }
}

/** Nothing is held: nodes are taken from the first on again, as the core does (wasm/napi.ts), which looks for no free one. */
export function forgetHolds(holds: HoldTimes): void {
  holds.used = 0;
  holds.free = END;
}

/** The packet taken now is delivered, past all slots. */
export function deliverTaken(holds: HoldTimes, nowNs: number): void {
  addHold(holds, nowNs - holds.takenNs);
}

/** What was delivered in offsets was delivered that much later; from now on times are absolute. */
export function startHolds(holds: HoldTimes, startNs: number): void {
  holds.waiting = false;
  for (let i = 0; i < holds.offsets; i++) addTime(holds.histogram, startNs + holds.offsetNs[i]!);
  holds.offsets = 0;
}

function addHold(holds: HoldTimes, holdNs: number): void {
  if (!holds.waiting) {
    addTime(holds.histogram, holdNs);
    return;
  }
  if (holds.offsets === holds.offsetNs.length) {
    const old = holds.offsetNs;
    holds.offsetNs = new Float64Array(old.length * 2);
    holds.offsetNs.set(old);
  }
  holds.offsetNs[holds.offsets++] = holdNs;
}

function newNode(holds: HoldTimes): number {
  const node = holds.free;
  if (node !== END) {
    holds.free = holds.next[node]!;
    return node;
  }
  if (holds.used === holds.next.length) growNodes(holds);
  return holds.used++;
}

function growNodes(holds: HoldTimes): void {
  const { arrivalNs, next } = holds;
  holds.arrivalNs = new Float64Array(arrivalNs.length * 2);
  holds.arrivalNs.set(arrivalNs);
  holds.next = new Int32Array(next.length * 2);
  holds.next.set(next);
}

function growSlots(holds: HoldTimes, slot: number): void {
  const old = holds.newestOf;
  holds.newestOf = new Int32Array(Math.max(slot + 1, old.length * 2)).fill(END);
  holds.newestOf.set(old);
}
