/** The skbs that linux-gro holds, in the core: what src/coalesce/linux-gro.ts keeps of them, opened and released. */
import { big32 } from './bytes';
import {
  ETHERNET_BYTES,
  IPV4_BYTES,
  IPV6_BYTES,
  LINK_ETHERNET,
  PLAIN_TCP4,
  PLAIN_TCP6,
  TCP_BYTES,
} from './header';
import {
  CAPTURED_BYTES,
  FLOW,
  FRAME_OFFSET,
  HASHES,
  IP_AT,
  IP_LENGTH,
  KIND,
  LINK_TYPE,
  PAYLOAD_BYTES,
  PLAIN,
  SEQ,
  TCP_AT,
  TCP_FLAGS,
  WIRE_BYTES,
} from './layout';

/** An engine, as WORD of src/coalesce/gro-room.ts: offsets of its words. */
export const SLOTS: i32 = 0;
export const HEADERS: i32 = 4;
export const LAST: i32 = 8;
export const ORDER: i32 = 12;
export const IN_USE: i32 = 16;
const BUCKETS: i32 = 20;
export const PER_BUCKET: i32 = 24;
export const MAX_SIZE: i32 = 28;
export const FINISHING: i32 = 32;
export const ANY_SIZE: i32 = 36;
export const NEVER_HELD: i32 = 40;
export const COUNTS_ONLY: i32 = 44;
export const HELD_SKBS: i32 = 48;
const TICK_NOW: i32 = 52;
export const WRITES_MARKS: i32 = 56;
export const IGNORED_BITS: i32 = 60;
export const ACK_BITS: i32 = 64;
export const ANY_STAMP: i32 = 68;

/** A held skb, as SLOT of src/coalesce/gro-rules.ts: offsets of its words. */
export const SLOT_BYTES: i32 = 64;
export const SLOT_FLOW: i32 = 0;
const SLOT_LINK_TYPE: i32 = 4;
export const OUTER: i32 = 8;
const INNER: i32 = 12;
export const SLOT_TCP: i32 = 16;
export const COUNT: i32 = 20;
export const NEXT_SEQ: i32 = 24;
export const GSO_BYTES: i32 = 28;
export const SLOT_PAYLOAD: i32 = 32;
export const SIZE_BYTES: i32 = 36;
export const OUTER_ID: i32 = 40;
const INNER_ID: i32 = 44;
export const ADDED_FLAGS: i32 = 48;
const BUCKET: i32 = 52;
const TICK: i32 = 56;
/** Bytes between the copied headers of two held skbs: HELD_STRIDE there. */
export const HELD_BYTES: i32 = 1088;
export const LAST_SLOTS: i32 = 1024;
export const EMPTY: i32 = -2;

/** First byte of a header without options; of the word with flags and fragment in memory order, all but DF. */
const VERSION4_5_WORDS: u32 = 0x45;
const NOT_DF: u32 = 0xffbf;

/** Instead of a held skb's index: there is none, or more than one. */
export const NO_SKB: i32 = -1;
export const MANY: i32 = -2;

const YES: u32 = 1;
const NO: u32 = 2;

/** Whether GRO looks at the packet, and finds nothing wrong with it but what an skb has to say. */
export function isPlainPacket(row: i32): bool {
  const known = load<u8>(row, PLAIN);
  if (known !== 0) return known === YES;
  const isPlain = looksPlain(row);
  store<u8>(row, isPlain ? YES : NO, PLAIN);
  if (isPlain) store<i32>(row << 2, hashOf(row), HASHES);
  return isPlain;
}

function looksPlain(row: i32): bool {
  const kind = <u32>load<u8>(row, KIND);
  if (kind !== PLAIN_TCP4 && kind !== PLAIN_TCP6) return false;
  const frame = load<i32>(row << 2, FRAME_OFFSET);
  const ip = load<i32>(row << 2, IP_AT);
  const tcp = load<i32>(row << 2, TCP_AT);
  const ipBytes = kind === PLAIN_TCP4 ? IPV4_BYTES : IPV6_BYTES;
  if (load<i32>(row << 2, LINK_TYPE) !== LINK_ETHERNET) return false;
  if (ip - frame !== ETHERNET_BYTES || tcp - ip !== ipBytes) return false;
  if (load<i32>(row << 2, IP_LENGTH) !== load<i32>(row << 2, WIRE_BYTES) - ETHERNET_BYTES) return false;
  const tcpBytes = tcpBytesOf(row);
  if (tcpBytes < TCP_BYTES || load<i32>(row << 2, PAYLOAD_BYTES) < 0) return false;
  if (tcp - frame + tcpBytes > load<i32>(row << 2, CAPTURED_BYTES)) return false;
  return kind === PLAIN_TCP4 ? isPlainIpv4(ip) : load<u8>(ip) >> 4 === 6;
}

/** Whether a plain packet is delivered alone if no skb takes it. */
export function isNeverHeld(gro: i32, row: i32): bool {
  const flags = <i32>load<u16>(row << 1, TCP_FLAGS) & load<i32>(gro, NEVER_HELD);
  return flags !== 0 || load<i32>(row << 2, PAYLOAD_BYTES) === 0;
}

/** The skb of a plain packet's list that has its flow, by number. */
export function heldOf(gro: i32, row: i32): i32 {
  const bucket = bucketOf(gro, row);
  const flow = load<i32>(row << 2, FLOW);
  const slots = load<i32>(gro, SLOTS);
  const used = load<i32>(load<i32>(gro, IN_USE) + (bucket << 2));
  const list = load<i32>(gro, ORDER) + ((bucket * load<i32>(gro, PER_BUCKET)) << 2);
  let found = NO_SKB;
  for (let i = 0; i < used; i++) {
    const index = load<i32>(list + (i << 2));
    if (load<i32>(slots + index * SLOT_BYTES) !== flow) continue;
    if (found !== NO_SKB) return MANY;
    found = index;
  }
  return found;
}

/** Whether the list of a plain packet has no room. */
export function isFull(gro: i32, row: i32): bool {
  return load<i32>(load<i32>(gro, IN_USE) + (bucketOf(gro, row) << 2)) === load<i32>(gro, PER_BUCKET);
}

/**
 * Holds the packet as the first of an skb, if it plainly may begin one: its list has room, and holds nothing of its
 * flow that could be another one by rules that are not looked at here. The skb `broken` of its flow, if not -1, is ended by
 * it.
 */
export function openSkb(gro: i32, row: i32, broken: i32): bool {
  if (!isPlainPacket(row) || isNeverHeld(gro, row)) return false;
  const frame = load<i32>(row << 2, FRAME_OFFSET);
  const tcp = load<i32>(row << 2, TCP_AT);
  const payload = load<i32>(row << 2, PAYLOAD_BYTES);
  const flow = load<i32>(row << 2, FLOW);
  const bucket = bucketOf(gro, row);
  const perBucket = load<i32>(gro, PER_BUCKET);
  const inUse = load<i32>(gro, IN_USE) + (bucket << 2);
  let used = load<i32>(inUse);
  if (used === perBucket && broken < 0) return false;
  const slots = load<i32>(gro, SLOTS);
  const list = load<i32>(gro, ORDER) + ((bucket * perBucket) << 2);
  for (let i = 0; i < used; i++) {
    const other = load<i32>(list + (i << 2));
    if (other !== broken && load<i32>(slots + other * SLOT_BYTES) === flow) return false;
  }
  if (broken >= 0) {
    releaseSkb(gro, broken);
    used--;
  }
  const index = load<i32>(list + (used << 2));
  store<i32>(inUse, used + 1);
  store<i32>(gro, load<i32>(gro, HELD_SKBS) + 1, HELD_SKBS);
  store<i32>(load<i32>(gro, LAST) + ((flow & (LAST_SLOTS - 1)) << 2), index);
  const slot = slots + index * SLOT_BYTES;
  store<i32>(slot, flow, SLOT_FLOW);
  store<i32>(slot, LINK_ETHERNET, SLOT_LINK_TYPE);
  store<i32>(slot, ETHERNET_BYTES, OUTER);
  store<i32>(slot, ETHERNET_BYTES, INNER);
  store<i32>(slot, tcp - frame, SLOT_TCP);
  store<i32>(slot, 1, COUNT);
  store<i32>(slot, load<i32>(row << 2, SEQ) + payload, NEXT_SEQ);
  store<i32>(slot, payload, GSO_BYTES);
  store<i32>(slot, payload, SLOT_PAYLOAD);
  store<i32>(slot, load<i32>(row << 2, IP_LENGTH), SIZE_BYTES);
  store<i32>(slot, 0, OUTER_ID);
  store<i32>(slot, 0, INNER_ID);
  store<i32>(slot, 0, ADDED_FLAGS);
  store<i32>(slot, bucket, BUCKET);
  store<i32>(slot, load<i32>(gro, TICK_NOW), TICK);
  copyHeaders(load<i32>(gro, HEADERS) + index * HELD_BYTES, frame, tcp - frame + tcpBytesOf(row));
  return true;
}

function tcpBytesOf(row: i32): i32 {
  return (<i32>load<u16>(row << 1, TCP_FLAGS) >> 12) << 2;
}

/** Takes the skb out of its list, whose free places stand last. */
export function releaseSkb(gro: i32, index: i32): void {
  const slot = load<i32>(gro, SLOTS) + index * SLOT_BYTES;
  const bucket = load<i32>(slot, BUCKET);
  const inUse = load<i32>(gro, IN_USE) + (bucket << 2);
  const used = load<i32>(inUse) - 1;
  store<i32>(inUse, used);
  store<i32>(gro, load<i32>(gro, HELD_SKBS) - 1, HELD_SKBS);
  store<i32>(slot, EMPTY, SLOT_FLOW);
  let place = load<i32>(gro, ORDER) + ((bucket * load<i32>(gro, PER_BUCKET)) << 2);
  const last = place + (used << 2);
  while (load<i32>(place) !== index) place += 4;
  for (; place < last; place += 4) store<i32>(place, load<i32>(place + 4));
  store<i32>(last, index);
}

/** Empties all lists; returns how many skbs there were. */
export function endHeldSkbs(gro: i32): i32 {
  const count = load<i32>(gro, HELD_SKBS);
  const slots = load<i32>(gro, SLOTS);
  const perBucket = load<i32>(gro, PER_BUCKET);
  let list = load<i32>(gro, ORDER);
  let inUse = load<i32>(gro, IN_USE);
  for (let left = count; left > 0; inUse += 4) {
    const used = load<i32>(inUse);
    for (let i = 0; i < used; i++)
      store<i32>(slots + load<i32>(list + (i << 2)) * SLOT_BYTES, EMPTY, SLOT_FLOW);
    store<i32>(inUse, 0);
    list += perBucket << 2;
    left -= used;
  }
  store<i32>(gro, 0, HELD_SKBS);
  return count;
}

/** No options, no fragment, the checksum right. */
function isPlainIpv4(ip: i32): bool {
  if (<u32>load<u8>(ip) !== VERSION4_5_WORDS || (<u32>load<u16>(ip, 6) & NOT_DF) !== 0) return false;
  // Words of 16 bits in memory order: their sum is right in whatever order.
  let sum: u64 = 0;
  for (let at = 0; at < IPV4_BYTES; at += 4) sum += <u64>load<u32>(ip + at);
  sum = (sum & 0xffff_ffff) + (sum >> 32);
  let folded = (<u32>sum & 0xffff) + <u32>(sum >> 16);
  folded = (folded & 0xffff) + (folded >> 16);
  return folded === 0xffff;
}

/** The list of a plain packet. */
function bucketOf(gro: i32, row: i32): i32 {
  return <i32>(<u32>load<i32>(row << 2, HASHES) % <u32>load<i32>(gro, BUCKETS));
}

/** Of ports and addresses, as src/coalesce/gro-bucket.ts. */
function hashOf(row: i32): i32 {
  const tcp = load<i32>(row << 2, TCP_AT);
  let hash = mix(0, big32(tcp, 0));
  const addressBytes = <u32>load<u8>(row, KIND) === PLAIN_TCP4 ? 8 : 32;
  for (let at = tcp - addressBytes; at < tcp; at += 4) hash = mix(hash, big32(at, 0));
  return hash;
}

/** As in src/packet/flows.ts. */
function mix(hash: i32, word: i32): i32 {
  const product = (hash ^ word) * <i32>0x9e37_79b1;
  const h = product ^ (product >>> 15);
  return (h * 0x2c1b_3c6d) ^ (h >>> 13);
}

/** A few bytes more, up to the next eight: they lie within the window, and within what is kept. */
function copyHeaders(to: i32, from: i32, length: i32): void {
  for (let at = 0; at < length; at += 8) store<u64>(to + at, load<u64>(from + at));
}
