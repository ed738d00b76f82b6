import { type Core, reserveDoubles } from '../capture/core.ts';

/**
 * The receive ring: how many descriptors hold packets that no poll has taken yet. Packets are put in with the time
 * at which the poll takes them; for those that wait for an interrupt this is an offset from the start of the poll,
 * until that is known.
 */
export interface Ring {
  readonly takenNs: Float64Array;
  head: number;
  count: number;
  /** The newest ones, which have offsets. */
  waiting: number;
}

export function createRing(capacity: number, core: Core | null = null): Ring {
  return { takenNs: reserveDoubles(core, capacity), head: 0, count: 0, waiting: 0 };
}

/** Whether a descriptor is free for a packet that arrives now. */
export function hasRoom(ring: Ring, nowNs: number): boolean {
  const { takenNs } = ring;
  if (ring.count < takenNs.length) return true;
  // Descriptors are counted only when they run out.
  while (ring.count > ring.waiting && takenNs[ring.head]! <= nowNs) {
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
  for (let index = ring.count - ring.waiting; index < ring.count; index++)
    ring.takenNs[slotOf(ring, index)]! += startNs;
  ring.waiting = 0;
}

function slotOf(ring: Ring, index: number): number {
  const slot = ring.head + index;
  return slot < ring.takenNs.length ? slot : slot - ring.takenNs.length;
}
