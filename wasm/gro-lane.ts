/** linux-gro in the lane of a poll model: what src/coalesce/linux-gro.ts does with finished skbs, and at the end of a poll. */
import { deliver } from './delivery';
import {
  ADDED_FLAGS,
  COUNT,
  EMPTY,
  FINISHING,
  HELD_SKBS,
  IN_USE,
  ORDER,
  OUTER,
  PER_BUCKET,
  releaseSkb,
  SIZE_BYTES,
  SLOT_BYTES,
  SLOT_FLOW,
  SLOT_PAYLOAD,
  SLOTS,
} from './gro-held';
import { FLUSHED, GRO } from './lane';
import * as reason from './reasons';

const FIN: i32 = 1;

/** Delivers a skb that its last packet finished. */
export function flushFinished(lane: i32, index: i32): void {
  const gro = load<i32>(lane, GRO);
  const slot = load<i32>(gro, SLOTS) + index * SLOT_BYTES;
  const flags = load<i32>(slot, ADDED_FLAGS) & load<i32>(gro, FINISHING);
  const ofFlags = (flags & FIN) !== 0 ? reason.FIN : reason.PSH;
  const flow = load<i32>(slot, SLOT_FLOW);
  releaseSkb(gro, index);
  deliverSlot(lane, slot, index, flow, flags === 0 ? reason.SIZE_SMALLER : ofFlags);
}

/** Delivers a skb that a packet breaks which does not join. */
export function flushBroken(lane: i32, index: i32, why: i32): void {
  const gro = load<i32>(lane, GRO);
  const slot = load<i32>(gro, SLOTS) + index * SLOT_BYTES;
  const flow = load<i32>(slot, SLOT_FLOW);
  releaseSkb(gro, index);
  deliverSlot(lane, slot, index, flow, why);
}

/** Delivers all that is held, list by list, the oldest of each first. */
export function flushLists(lane: i32, why: i32): void {
  const gro = load<i32>(lane, GRO);
  const slots = load<i32>(gro, SLOTS);
  const perBucket = load<i32>(gro, PER_BUCKET);
  let list = load<i32>(gro, ORDER);
  let inUse = load<i32>(gro, IN_USE);
  for (let left = load<i32>(gro, HELD_SKBS); left > 0; inUse += 4) {
    const used = load<i32>(inUse);
    for (let i = 0; i < used; i++) {
      const index = load<i32>(list + (i << 2));
      const slot = slots + index * SLOT_BYTES;
      const flow = load<i32>(slot, SLOT_FLOW);
      store<i32>(slot, EMPTY, SLOT_FLOW);
      deliverSlot(lane, slot, index, flow, why);
    }
    store<i32>(inUse, 0);
    list += perBucket << 2;
    left -= used;
  }
  store<i32>(gro, 0, HELD_SKBS);
}

function deliverSlot(lane: i32, slot: i32, index: i32, flow: i32, why: i32): void {
  store<i32>(lane, load<i32>(lane, FLUSHED) + 1, FLUSHED);
  const frame = load<i32>(slot, OUTER) + load<i32>(slot, SIZE_BYTES);
  deliver(lane, index, flow, why, load<i32>(slot, COUNT), load<i32>(slot, SLOT_PAYLOAD), frame);
}
