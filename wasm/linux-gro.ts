/** The usual packets of linux-gro: those of src/coalesce/gro-usual.ts, which may join the held skb of their flow, and those that plainly begin one. */

import {
  ACK_BITS,
  ADDED_FLAGS,
  ANY_SIZE,
  ANY_STAMP,
  COUNT,
  COUNTS_ONLY,
  EMPTY,
  FINISHING,
  GSO_BYTES,
  HEADERS,
  HELD_BYTES,
  heldOf,
  IGNORED_BITS,
  isNeverHeld,
  isPlainPacket,
  LAST,
  LAST_SLOTS,
  MAX_SIZE,
  NEXT_SEQ,
  NO_SKB,
  OUTER_ID,
  openSkb,
  releaseSkb,
  SIZE_BYTES,
  SLOT_BYTES,
  SLOT_FLOW,
  SLOT_PAYLOAD,
  SLOT_TCP,
  SLOTS,
  WRITES_MARKS,
} from './gro-held';
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
  FLOW,
  FRAME_OFFSET,
  IP_AT,
  IP_LENGTH,
  KIND,
  LINK_TYPE,
  MARKS,
  MAX_ROWS,
  PAYLOAD_BYTES,
  RECEIVED_ROWS,
  RUNS,
  SEQ,
  TCP_AT,
  TCP_FLAGS,
  USUAL,
  WIRE_BYTES,
} from './layout';

/** What ids do: ID_RULE there. */
const UNDECIDED: i32 = 0;
const FIXED: i32 = 1;
const COUNTING: i32 = 2;

/** Of the word with data offset, flags and window, in memory order. */
const CWR: u32 = 0x8000;
/** With the timestamp option, and nothing else, as most have. */
const TIMESTAMP_HEADER_BYTES: i32 = 32;
/** NOP, NOP, kind and length, in memory order. */
const TIMESTAMP_OPTION: u32 = 0x0a08_0101;
/** Of the flags column. */
const FIN_PSH_FLAGS: i32 = 9;

/** The held skb that the last packet finished. */
let finished: i32 = NO_SKB;
let ended: i32 = 0;

/** The skb that took the last packet of a call that left none over, -1 if it is finished. */
let lastTaken: i32 = NO_SKB;

/** A block begins: nothing is known of its packets. */
export function forgetMarks(): void {
  memory.fill(MARKS, 0, MAX_ROWS);
  memory.fill(RUNS, 0, 4 * MAX_ROWS);
}

export function finishedSkb(): i32 {
  return finished;
}

/** Skbs that the last call ended for an engine that only counts them. */
export function endedSkbs(): i32 {
  return ended;
}

/**
 * Takes received packets from `from` on, as long as they may join an skb or plainly begin one, and up to one that
 * finishes its skb; returns the first that is not taken, `to` if all are. Skbs of which only the number counts are ended
 * here, those too that the next packet of their flow breaks.
 *
 * Where an engine marks packets, one that joins right after the packet before it gets the id rule of the skb, plus 1: the
 * two have equal headers, and ids that go on by that rule. So replays need not look at headers that they compared.
 */
export function mergeLinuxGro(gro: i32, from: i32, to: i32): i32 {
  return mergeAfter(gro, NO_SKB, from, to);
}

export function lastTakenSkb(): i32 {
  return lastTaken;
}

/**
 * The same, right after a packet that the held skb `before` took, if that is not -1. What changes in the skb that takes packets
 * in a row is kept in locals until another one takes a packet.
 */
export function mergeAfter(gro: i32, before: i32, from: i32, to: i32): i32 {
  const slots = load<i32>(gro, SLOTS);
  const headers = load<i32>(gro, HEADERS);
  const lastSlots = load<i32>(gro, LAST);
  const maxSize = load<i32>(gro, MAX_SIZE);
  const finishing = load<i32>(gro, FINISHING);
  const anySize = load<i32>(gro, ANY_SIZE) !== 0;
  const countsOnly = load<i32>(gro, COUNTS_ONLY) !== 0;
  const ignored = load<u32>(gro, IGNORED_BITS);
  const ackBits = load<u32>(gro, ACK_BITS);
  const anyStamp = load<i32>(gro, ANY_STAMP) !== 0;
  const marks = load<i32>(gro, WRITES_MARKS) !== 0;
  /** The skb that took the packet before. */
  let last = before;
  /** The skb in locals, its flow and segment size, what changes, and the payload that joined since. */
  let index: i32 = NO_SKB;
  let held: i32 = EMPTY;
  let slot: i32 = 0;
  let gso: i32 = 0;
  let ids: i32 = 0;
  let count: i32 = 0;
  let flags: i32 = 0;
  let added: i32 = 0;
  /** The packet after those that are like the one looked at, and follow it. */
  let alike: i32 = 0;
  finished = NO_SKB;
  ended = 0;
  let i = from;
  for (; i < to; i++) {
    const row = load<i32>(i << 2, RECEIVED_ROWS);
    const payload = load<i32>(row << 2, PAYLOAD_BYTES);
    let rule = countsOnly && index !== NO_SKB ? <i32>load<u8>(i, MARKS) - 1 : -1;
    if (rule >= 0) {
      if (ids !== UNDECIDED && ids !== rule) rule = -1;
      if (payload > gso) rule = -1;
      if (<u32>(load<i32>(slot, SIZE_BYTES) + added + payload) >= <u32>maxSize) rule = -1;
    }
    if (rule < 0) {
      const flow = load<i32>(row << 2, FLOW);
      const lastSlot = lastSlots + ((flow & (LAST_SLOTS - 1)) << 2);
      let found = index;
      let isHeld = flow === held;
      if (!isHeld) {
        found = load<i32>(lastSlot);
        const other = load<i32>(slots + found * SLOT_BYTES, SLOT_FLOW);
        isHeld = other === flow;
        // What merging lost of the other flow is looked for by this place, when this call is over.
        if (!isHeld && marks && other !== EMPTY && ((other ^ flow) & (LAST_SLOTS - 1)) === 0) break;
      }
      let opens = !isHeld;
      if (isHeld) {
        if (found !== index) {
          if (index !== NO_SKB) save(slot, ids, count, flags, added);
          index = found;
          held = flow;
          slot = slots + index * SLOT_BYTES;
          gso = load<i32>(slot, GSO_BYTES);
          ids = load<i32>(slot, OUTER_ID);
          count = load<i32>(slot, COUNT);
          flags = load<i32>(slot, ADDED_FLAGS);
          added = 0;
        }
        const frame = load<i32>(row << 2, FRAME_OFFSET);
        const ip = load<i32>(row << 2, IP_AT);
        const tcp = load<i32>(row << 2, TCP_AT);
        const kind = <u32>load<u8>(row, KIND);
        const ipBytes = kind === PLAIN_TCP4 ? IPV4_BYTES : IPV6_BYTES;
        // What inet_lro takes for usual is plain.
        if (load<u8>(row, USUAL) === 0 && !isPlain(row, kind, frame, ip, tcp, ipBytes)) break;
        if (load<i32>(slot, SLOT_TCP) !== ETHERNET_BYTES + ipBytes) break;
        const header = headers + index * HELD_BYTES;
        if (!sameEthernet(frame, header)) break;
        if (
          payload > 0 &&
          (payload <= gso || anySize) &&
          load<i32>(row << 2, SEQ) === load<i32>(slot, NEXT_SEQ) + added &&
          <u32>(load<i32>(slot, SIZE_BYTES) + added + payload) < <u32>maxSize &&
          sameTcp(tcp, header + ETHERNET_BYTES + ipBytes, ignored, ackBits, anyStamp)
        ) {
          if (kind === PLAIN_TCP4) rule = idRule4(ip, header + ETHERNET_BYTES, ids, count);
          else if (sameIpv6(ip, header + ETHERNET_BYTES)) rule = UNDECIDED;
        }
        // Over IPv4 the flow's number says that it is the skb of its flow, and all rules were looked at.
        opens = rule < 0;
        if (opens && !countsOnly && payload > 0) break;
        if (opens && kind !== PLAIN_TCP4) break;
      }
      if (opens) {
        if (index !== NO_SKB) save(slot, ids, count, flags, added);
        index = NO_SKB;
        held = EMPTY;
        if (!openSkb(gro, row, isHeld ? found : NO_SKB)) {
          if (!countsOnly || !isPlainPacket(row) || !isNeverHeld(gro, row)) break;
          if (heldOf(gro, row) !== (isHeld ? found : NO_SKB)) break;
          if (isHeld) {
            releaseSkb(gro, found);
            ended++;
          }
          if (payload > 0) ended++;
          last = NO_SKB;
          continue;
        }
        if (isHeld) ended++;
        index = load<i32>(lastSlot);
        held = flow;
        slot = slots + index * SLOT_BYTES;
        gso = payload;
        ids = UNDECIDED;
        count = 1;
        flags = 0;
        added = 0;
      } else if (marks && last === index) store<u8>(i, rule + 1, MARKS);
      last = index;
    }
    if (rule >= 0) {
      flags = <i32>load<u16>(row << 1, TCP_FLAGS) & FIN_PSH_FLAGS;
      ids = rule;
      count++;
      added += payload;
      if ((flags & finishing) !== 0 || (!anySize && payload < gso)) {
        last = NO_SKB;
        if (!countsOnly) {
          finished = index;
          i++;
          break;
        }
        releaseSkb(gro, index);
        index = NO_SKB;
        held = EMPTY;
        ended++;
        continue;
      }
    }
    if (!countsOnly) continue;
    alike = max<i32>(alike, load<i32>(i << 2, RUNS));
    const follow = min<i32>(alike, to) - (i + 1);
    if (follow <= 0 || payload !== gso) continue;
    // Those that are alike join as this one did, as long as there is room.
    const nextRule = <i32>load<u8>(i + 1, MARKS) - 1;
    if (ids !== UNDECIDED && ids !== nextRule) continue;
    const joined = min<i32>(follow, (maxSize - 1 - load<i32>(slot, SIZE_BYTES) - added) / payload);
    if (joined <= 0) continue;
    ids = nextRule;
    flags = 0;
    count += joined;
    added += joined * payload;
    i += joined;
  }
  if (index !== NO_SKB) save(slot, ids, count, flags, added);
  lastTaken = last;
  return i;
}

function save(slot: i32, ids: i32, count: i32, flags: i32, added: i32): void {
  store<i32>(slot, ids, OUTER_ID);
  store<i32>(slot, count, COUNT);
  store<i32>(slot, flags, ADDED_FLAGS);
  store<i32>(slot, load<i32>(slot, NEXT_SEQ) + added, NEXT_SEQ);
  store<i32>(slot, load<i32>(slot, SLOT_PAYLOAD) + added, SLOT_PAYLOAD);
  store<i32>(slot, load<i32>(slot, SIZE_BYTES) + added, SIZE_BYTES);
}

/** TCP over plain headers, with the length that the frame has. */
function isPlain(row: i32, kind: u32, frame: i32, ip: i32, tcp: i32, ipBytes: i32): bool {
  if (kind !== PLAIN_TCP4 && kind !== PLAIN_TCP6) return false;
  if (load<i32>(row << 2, LINK_TYPE) !== LINK_ETHERNET) return false;
  if (ip - frame !== ETHERNET_BYTES || tcp - ip !== ipBytes) return false;
  return load<i32>(row << 2, IP_LENGTH) === load<i32>(row << 2, WIRE_BYTES) - ETHERNET_BYTES;
}

/** The addresses; the type follows from the kind of packet. */
export function sameEthernet(frame: i32, held: i32): bool {
  return load<u64>(frame) === load<u64>(held) && load<u32>(frame, 8) === load<u32>(held, 8);
}

/**
 * Flags, window, ACK number, options. Left out are bits of the word of flags and window, those of the ACK number that are not
 * asked for, and what a timestamp says if `anyStamp`.
 */
function sameTcp(tcp: i32, heldTcp: i32, ignored: u32, ackBits: u32, anyStamp: bool): bool {
  const word = load<u32>(tcp, 12);
  let difference = (word ^ load<u32>(heldTcp, 12)) & ~ignored;
  difference |= word & CWR;
  difference |= (load<u32>(tcp, 8) ^ load<u32>(heldTcp, 8)) & ackBits;
  if (difference !== 0) return false;
  const headerBytes = <i32>(((word & 0xf0) >> 4) << 2);
  let at = TCP_BYTES;
  if (headerBytes >= TIMESTAMP_HEADER_BYTES) {
    const kinds = load<u32>(tcp, 20) ^ load<u32>(heldTcp, 20);
    if (!anyStamp || (kinds | (load<u32>(tcp, 20) ^ TIMESTAMP_OPTION)) !== 0) {
      const stamps = load<u64>(tcp, 24) ^ load<u64>(heldTcp, 24);
      if ((stamps | kinds) !== 0) return false;
    }
    at = TIMESTAMP_HEADER_BYTES;
  }
  for (; at < headerBytes; at += 4) if (load<u32>(tcp + at) !== load<u32>(heldTcp + at)) return false;
  return true;
}

/** The id rule of an skb with so many packets and this one, -1 if the packet may not join by its IPv4 header. */
function idRule4(ip: i32, heldIp: i32, rule: i32, count: i32): i32 {
  // Version, header length, TOS; flags and fragment; TTL and protocol.
  if (load<u16>(ip) !== load<u16>(heldIp) || load<u32>(ip, 6) !== load<u32>(heldIp, 6)) return -1;
  // All other words of the two headers are equal, and the held one's checksum is right: so is this one's if length, id
  // and checksum add up to the same modulo 65535, in whatever byte order.
  const sum = <i32>load<u16>(ip, 2) + <i32>load<u16>(ip, 4) + <i32>load<u16>(ip, 10);
  const heldSum = <i32>load<u16>(heldIp, 2) + <i32>load<u16>(heldIp, 4) + <i32>load<u16>(heldIp, 10);
  if (sum !== heldSum && (sum - heldSum) % 65_535 !== 0) return -1;
  const distance = (<i32>bswap<u16>(load<u16>(ip, 4)) - <i32>bswap<u16>(load<u16>(heldIp, 4))) & 0xffff;
  return idRule(distance, rule, count);
}

/** As there. */
export function idRule(distance: i32, rule: i32, count: i32): i32 {
  if (rule === UNDECIDED) return distance === 0 ? FIXED : distance === 1 ? COUNTING : -1;
  if (rule === FIXED) return distance === 0 ? rule : -1;
  return distance === (count & 0xffff) ? rule : -1;
}

/** Traffic class and flow label; next header and hop limit. */
function sameIpv6(ip: i32, heldIp: i32): bool {
  return load<u32>(ip) === load<u32>(heldIp) && load<u16>(ip, 6) === load<u16>(heldIp, 6);
}
