/** Polls that lie in one block, taken one after the other by an engine whose skbs are only counted. */
import { countInetLro, endedSessions, endSessions } from './explain-inet-lro';
import { endHeldSkbs } from './gro-held';
import { endedSkbs, mergeLinuxGro } from './linux-gro';

/** A poll, as POLL of src/replay/poll-progress.ts; its skbs are below 0 where it goes on. */
const POLL_BYTES: i32 = 16;
const TO: i32 = 4;
const MET: i32 = 8;
const DATA_SKBS: i32 = 12;

let ended: i32 = 0;
let plain: i32 = 0;
let stopped: i32 = 0;

/** Skbs that the last call ended. */
export function endedInPolls(): i32 {
  return ended;
}

/** Of the plain run, in the polls of the last call. */
export function plainInPolls(): i32 {
  return plain;
}

/** The packet that the last call left over. */
export function stoppedAt(): i32 {
  return stopped;
}

/**
 * Polls `first … count-1` of those at `polls` that met an obstacle of `waived`; returns the one of which a packet is left over,
 * `count` if there is none.
 */
export function countInetLroPolls(
  slots: i32,
  maxDesc: i32,
  list: i32,
  maxAggr: i32,
  lengthLimit: i32,
  polls: i32,
  first: i32,
  count: i32,
  waived: i32,
): i32 {
  ended = 0;
  plain = 0;
  for (let i = first; i < count; i++) {
    const poll = polls + i * POLL_BYTES;
    if ((load<i32>(poll, MET) & waived) === 0) continue;
    const dataSkbs = load<i32>(poll, DATA_SKBS);
    const to = load<i32>(poll, TO);
    plain += max<i32>(dataSkbs, 0);
    stopped = countInetLro(slots, maxDesc, list, maxAggr, lengthLimit, load<i32>(poll), to);
    ended += endedSessions();
    if (stopped < to) return i;
    if (dataSkbs >= 0) ended += endSessions(slots, maxDesc);
  }
  return count;
}

export function countLinuxGroPolls(gro: i32, polls: i32, first: i32, count: i32, waived: i32): i32 {
  ended = 0;
  plain = 0;
  for (let i = first; i < count; i++) {
    const poll = polls + i * POLL_BYTES;
    if ((load<i32>(poll, MET) & waived) === 0) continue;
    const dataSkbs = load<i32>(poll, DATA_SKBS);
    const to = load<i32>(poll, TO);
    plain += max<i32>(dataSkbs, 0);
    stopped = mergeLinuxGro(gro, load<i32>(poll), to);
    ended += endedSkbs();
    if (stopped < to) return i;
    if (dataSkbs >= 0) ended += endHeldSkbs(gro);
  }
  return count;
}
