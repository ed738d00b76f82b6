import { type Core, reserveDoubles } from '../capture/core.ts';

/**
 * The receive ring: how many descriptors hold packets that no poll has taken yet. Packets are put in with the time
 * at which the poll takes them; for those that wait for an interrupt this is an offset from the start of the poll,
 * until that is known and somebody asks. A poll that is over has taken all.
 */
export interface Ring {
  readonly takenNs: Float64Array;
  head: number;
  count: number;
  /** The oldest ones, which have offsets. */
  waiting: number;
  /** From here; NaN until it is known. */
  startNs: number;
}

export function createRing(capacity: number, core: Core | null = null): Ring {
  return { takenNs: reserveDoubles(core, capacity), head: 0, count: 0, waiting: 0, startNs: Number.NaN };
}

/** Whether a descriptor is free for a packet that arrives now. */
export function hasRoom(ring: Ring, nowNs: number): boolean {
  const { takenNs } = ring;
  if (ring.count < takenNs.length) return true;
  if (Number.isNaN(ring.startNs)) return false;
  // Descriptors are counted only when they run out.
  for (let index = 0; index < ring.waiting; index++) takenNs[slotOf(ring, index)]! += ring.startNs;
  ring.waiting = 0;
  while (ring.count > 0 && takenNs[ring.head]! <= nowNs) {
    ring.head = ring.head + 1 === takenNs.length ? 0 : ring.head + 1;
    ring.count--;
  }
  return ring.count < takenNs.length;
}

/** `takenNs`: absolute, or with `waits` an offset. There must be room. */
export function putPacket(ring: Ring, takenNs: number, waits: boolean): void {
  ring.takenNs[slotOf(ring, ring.count)] = takenNs;
  ring.count++;
  if (waits) ring.waiting++;
}

/** The poll that takes the waiting packets starts. */
export function startTaking(ring: Ring, startNs: number): void {
  ring.startNs = startNs;
}

/** The poll is over. */
export function emptyRing(ring: Ring): void {
  ring.count = 0;
  ring.waiting = 0;
  ring.startNs = Number.NaN;
}

function slotOf(ring: Ring, index: number): number {
  const slot = ring.head + index;
  return slot < ring.takenNs.length ? slot : slot - ring.takenNs.length;
}
