/** Polls that lie in one block, taken one after the other by an engine whose skbs are only counted. */
import { countInetLro, endedSessions, endSessions } from './explain-inet-lro';
import { endHeldSkbs } from './gro-held';
import { endedSkbs, mergeLinuxGro } from './linux-gro';

/** A poll: its first received packet, and the one after it. */
const POLL_BYTES: i32 = 8;
const END: i32 = 4;

let ended: i32 = 0;
let stopped: i32 = 0;

/** Skbs that the last call ended. */
export function endedInPolls(): i32 {
  return ended;
}

/** The packet that the last call left over. */
export function stoppedAt(): i32 {
  return stopped;
}

/** Polls `first … count-1` of those at `polls`; returns the one of which a packet is left over, `count` if there is none. */
export function countInetLroPolls(
  slots: i32,
  maxDesc: i32,
  list: i32,
  maxAggr: i32,
  lengthLimit: i32,
  polls: i32,
  first: i32,
  count: i32,
): i32 {
  ended = 0;
  for (let i = first; i < count; i++) {
    const poll = polls + i * POLL_BYTES;
    const end = load<i32>(poll, END);
    stopped = countInetLro(slots, maxDesc, list, maxAggr, lengthLimit, load<i32>(poll), end);
    ended += endedSessions();
    if (stopped < end) return i;
    ended += endSessions(slots, maxDesc);
  }
  return count;
}

export function countLinuxGroPolls(gro: i32, polls: i32, first: i32, count: i32): i32 {
  ended = 0;
  for (let i = first; i < count; i++) {
    const poll = polls + i * POLL_BYTES;
    const end = load<i32>(poll, END);
    stopped = mergeLinuxGro(gro, load<i32>(poll), end);
    ended += endedSkbs();
    if (stopped < end) return i;
    ended += endHeldSkbs(gro);
  }
  return count;
}
