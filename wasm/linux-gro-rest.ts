/** The packets of linux-gro that join no skb: as `process` of src/coalesce/linux-gro.ts and `joinViolation` of gro-rules.ts. */
import { big16, big32 } from './bytes';
import { pass } from './delivery';
import { leaveOut, startCounting } from './explain-lane';
import {
  COUNT,
  GSO_BYTES,
  HEADERS,
  HELD_BYTES,
  heldOf,
  isFull,
  isPlainPacket,
  LAST,
  LAST_SLOTS,
  MANY,
  MAX_SIZE,
  NEVER_HELD,
  NEXT_SEQ,
  NO_SKB,
  OUTER_ID,
  openSkb,
  SIZE_BYTES,
  SLOT_BYTES,
  SLOT_TCP,
  SLOTS,
} from './gro-held';
import { flushBroken } from './gro-lane';
import { ETHERNET_BYTES, IPV4_BYTES, PLAIN_TCP4 } from './header';
import { GRO } from './lane';
import { FLOW, FRAME_OFFSET, IP_AT, KIND, PAYLOAD_BYTES, RECEIVED_ROWS, TCP_AT, TCP_FLAGS } from './layout';
import { idRule, sameEthernet } from './linux-gro';
import * as reason from './reasons';

/** Of the TCP word: bytes 12 to 15. */
const FIN_PSH: i32 = 0x0009_0000;
const FIN: i32 = 0x0001_0000;
const SYN: i32 = 0x0002_0000;
const RST: i32 = 0x0004_0000;
const URG: i32 = 0x0020_0000;
const CWR: i32 = 0x0080_0000;
const ALL_FLAGS: i32 = 0x0fff_0000;
const DATA_OFFSET: i32 = 0xf000_0000;
const WINDOW: i32 = 0xffff;
const DF: i32 = 0x4000;
/** Of the flags column, whose places are those of the word. */
const COLUMN: i32 = 16;

/** Of the last decision: the skb that the packet breaks, NO_SKB if none; why it does; why it is not held, -1 if it is. */
let broken: i32 = NO_SKB;
let brokenWhy: i32 = -1;
let aloneWhy: i32 = -1;

/** Delivers or holds a packet that joins no skb; false, and nothing done, if it may join, or is not plain. */
export function passLinuxGro(lane: i32, i: i32): bool {
  if (!decideLinuxGro(load<i32>(lane, GRO), load<i32>(i << 2, RECEIVED_ROWS))) return false;
  takeUnjoined(lane, i);
  return true;
}

/** Whether a packet plainly joins no skb. */
export function decideLinuxGro(gro: i32, row: i32): bool {
  if (!isPlainPacket(row)) return false;
  broken = heldOf(gro, row);
  if (broken === MANY) return false;
  aloneWhy = aloneReason(gro, row);
  if (broken === NO_SKB) return aloneWhy >= 0 || !isFull(gro, row);
  brokenWhy = brokenBy(gro, row, broken);
  return brokenWhy >= 0;
}

/**
 * Delivers the skb that the packet of the last decision breaks, and then the packet if it is never held itself; otherwise holds it,
 * and returns its skb; NO_SKB if there is none.
 */
export function takeUnjoined(lane: i32, i: i32): i32 {
  const gro = load<i32>(lane, GRO);
  const row = load<i32>(i << 2, RECEIVED_ROWS);
  leaveOut(lane, i);
  if (broken !== NO_SKB) flushBroken(lane, broken, brokenWhy);
  if (aloneWhy >= 0) {
    pass(lane, row, aloneWhy);
    return NO_SKB;
  }
  startCounting(lane, i);
  openSkb(gro, row, NO_SKB);
  return lastSlotOf(gro, row);
}

/** Why a packet that finds no held skb of its flow is not held itself; -1 if it is. */
function aloneReason(gro: i32, row: i32): i32 {
  const flags = (<i32>load<u16>(row << 1, TCP_FLAGS) & load<i32>(gro, NEVER_HELD)) << COLUMN;
  if (flags === 0) return load<i32>(row << 2, PAYLOAD_BYTES) === 0 ? reason.NO_PAYLOAD : -1;
  if ((flags & RST) !== 0) return reason.RST;
  if ((flags & SYN) !== 0) return reason.SYN;
  if ((flags & FIN) !== 0) return reason.FIN;
  return (flags & URG) !== 0 ? reason.URG : reason.PSH;
}

/** The first rule that keeps a packet over IPv4 out of the skb of its flow; -1 if it may join, or that cannot be told here. */
function brokenBy(gro: i32, row: i32, index: i32): i32 {
  if (<u32>load<u8>(row, KIND) !== PLAIN_TCP4) return -1;
  const slot = load<i32>(gro, SLOTS) + index * SLOT_BYTES;
  const header = load<i32>(gro, HEADERS) + index * HELD_BYTES;
  if (load<i32>(slot, SLOT_TCP) !== ETHERNET_BYTES + IPV4_BYTES) return -1;
  if (!sameEthernet(load<i32>(row << 2, FRAME_OFFSET), header)) return -1;
  // openSkb looks there for what a flow is held in.
  if (lastSlotOf(gro, row) !== index) return -1;
  const ip = load<i32>(row << 2, IP_AT);
  const why = tcpViolation(load<i32>(row << 2, TCP_AT), header + ETHERNET_BYTES + IPV4_BYTES);
  if (why >= 0) return why;
  const heldIp = header + ETHERNET_BYTES;
  if (load<u8>(ip, 8) !== load<u8>(heldIp, 8)) return reason.TTL_CHANGED;
  if (load<u8>(ip, 1) !== load<u8>(heldIp, 1)) return reason.TOS_CHANGED;
  if (((big16(ip, 6) ^ big16(heldIp, 6)) & DF) !== 0) return reason.DF_CHANGED;
  const payload = load<i32>(row << 2, PAYLOAD_BYTES);
  if (payload === 0) return reason.NO_PAYLOAD;
  if (payload > load<i32>(slot, GSO_BYTES)) return reason.SIZE_LARGER;
  if (big32(load<i32>(row << 2, TCP_AT), 4) !== load<i32>(slot, NEXT_SEQ)) return reason.SEQUENCE;
  const distance = (big16(ip, 4) - big16(heldIp, 4)) & 0xffff;
  if (idRule(distance, load<i32>(slot, OUTER_ID), load<i32>(slot, COUNT)) < 0) return reason.IP_ID;
  return load<i32>(slot, SIZE_BYTES) + payload < load<i32>(gro, MAX_SIZE) ? -1 : reason.MAX_SIZE;
}

function lastSlotOf(gro: i32, row: i32): i32 {
  const flow = load<i32>(row << 2, FLOW);
  return load<i32>(load<i32>(gro, LAST) + ((flow & (LAST_SLOTS - 1)) << 2));
}

function tcpViolation(tcp: i32, held: i32): i32 {
  const word = big32(tcp, 12);
  const difference = word ^ big32(held, 12);
  if ((word & CWR) !== 0) return reason.CWR;
  if ((difference & ALL_FLAGS & ~FIN_PSH) !== 0) {
    if ((difference & SYN) !== 0) return reason.SYN;
    if ((difference & RST) !== 0) return reason.RST;
    return (difference & URG) !== 0 ? reason.URG : reason.FLAGS;
  }
  if ((difference & DATA_OFFSET) !== 0) return reason.OPTIONS_CHANGED;
  if ((difference & WINDOW) !== 0) return reason.WINDOW_CHANGED;
  if (load<u32>(tcp, 8) !== load<u32>(held, 8)) return reason.ACK_CHANGED;
  const headerBytes = (word >>> 28) << 2;
  for (let i = 20; i < headerBytes; i += 4) {
    if (load<u32>(tcp + i) !== load<u32>(held + i)) return reason.OPTIONS_CHANGED;
  }
  return -1;
}
