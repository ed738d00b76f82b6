/**
 * What a capture tells about the segments that its super-packets were made of: the MSS of each flow, and whether its
 * IPv4 ids count segments. Collected from packets of both directions, super-packets or not.
 */
import type { FlowTable } from './flows.ts';
import { handshakeMss } from './handshake.ts';
import { familyOf, type PacketTable, STATUS, statusOf, tcpHeaderBytes } from './table.ts';

/** Where a segment size came from, best first. */
export const MSS_SOURCES = ['handshake', 'full-segments', 'structure', 'mtu'] as const;
export type MssSource = (typeof MSS_SOURCES)[number];

export interface MssChoice {
  /** TCP payload of a segment, options already subtracted. */
  bytes: number;
  source: MssSource;
}

export interface SegmentEvidence {
  /** Looks at all rows of the block. */
  add(table: PacketTable): void;
  /** The capture is read from its first record again: the next packet of a flow does not follow the last one. */
  restart(): void;
  /** Longest IP packet of the wire, where no handshake says otherwise. A new one voids what was learnt by the old. */
  setWireMtu(bytes: number): void;
  /** IP length or frame length longer than a packet of the wire can be. Only for rows with TCP payload. */
  isSuperPacket(table: PacketTable, row: number): boolean;
  /** The payload of the segments in a super-packet; the object is filled again by the next call. */
  mssOf(table: PacketTable, row: number): MssChoice;
  /** Whether the segments of this flow have one and the same IPv4 id, instead of counting ones. */
  hasFixedId(flow: number, id: number, dontFragment: boolean): boolean;
}

/** State of a flow: 16 words, a cache line. */
const WORDS = 16;
/** MSS option of the flow's own SYN; 0: not seen. */
const SYN_MSS = 0;
/** Flow of the other direction plus 1; 0: not found yet. */
const PEER = 1;
/** IPv4 id, payload and end of the flow's last data packet; LAST_PAYLOAD 0: none. */
const LAST_ID = 2;
const LAST_PAYLOAD = 3;
const LAST_END = 4;
/** Pairs of consecutive packets whose ids say fixed, or counting. */
const FIXED = 5;
const COUNTING = 6;
/** Largest payload of an ordinary packet, and how often it came. */
const FULL = 7;
const FULL_TIMES = 8;
/** Greatest common divisor of the payloads of super-packets without PSH and FIN, and the number of different ones. */
const GCD = 9;
const GCD_TIMES = 10;
const GCD_LAST = 11;
/** Bounds of the segment size by the ids of consecutive packets. HIGH 0: no such pair. */
const LOW = 12;
const HIGH = 13;

const FLAG = { FIN: 0x01, SYN: 0x02, PSH: 0x08 };

export function createSegmentEvidence(flows: FlowTable, mtu: number): SegmentEvidence {
  let state = new Int32Array(1024 * WORDS);
  let wireMtu = mtu;
  const choice: MssChoice = { bytes: 0, source: 'mtu' };
  flows.onForget(forget);

  function add(table: PacketTable): void {
    const { count, tcpAt, flow, tcpFlags, payloadBytes } = table;
    if (flows.size() * WORDS > state.length) grow(flows.size());
    for (let row = 0; row < count; row++) {
      if (tcpAt[row] === 0) continue;
      const at = flow[row]! * WORDS;
      if ((tcpFlags[row]! & FLAG.SYN) !== 0) startFlow(table, row, at);
      else if (payloadBytes[row]! > 0) addData(table, row, at);
    }
  }

  function forget(flow: number): void {
    const at = flow * WORDS;
    if (at >= state.length) return;
    const peer = flows.reverse(flow);
    if (peer >= 0 && peer * WORDS < state.length) state[peer * WORDS + PEER] = 0;
    state.fill(0, at, at + WORDS);
  }

  function startFlow(table: PacketTable, row: number, at: number): void {
    const peer = state[at + PEER]!;
    state.fill(0, at, at + WORDS);
    state[at + PEER] = peer;
    state[at + SYN_MSS] = handshakeMss(table, row);
  }

  function addData(table: PacketTable, row: number, at: number): void {
    const payload = table.payloadBytes[row]!;
    if (familyOf(table.kind[row]!) === 4) addId(table, row, at);
    if (!isSuperPacket(table, row)) {
      if (payload > state[at + FULL]!) {
        state[at + FULL] = payload;
        state[at + FULL_TIMES] = 0;
      }
      if (payload === state[at + FULL]) state[at + FULL_TIMES]! += 1;
    } else if ((table.tcpFlags[row]! & (FLAG.PSH | FLAG.FIN)) === 0) {
      state[at + GCD] = greatestCommonDivisor(payload, state[at + GCD]!);
      if (payload !== state[at + GCD_LAST]) state[at + GCD_TIMES]! += 1;
      state[at + GCD_LAST] = payload;
    }
  }

  /** Compares the id with that of the packet before, if this one follows it without a gap. */
  function addId(table: PacketTable, row: number, at: number): void {
    const id = table.view.getUint16(table.ipAt[row]! + 4);
    const last = state[at + LAST_PAYLOAD]!;
    if (last > 0 && table.seq[row] === state[at + LAST_END]) {
      const step = (id - state[at + LAST_ID]!) & 0xffff;
      if (step === 0) state[at + FIXED]! += 1;
      else if (last / step <= wireMtu && last >= step) {
        state[at + COUNTING]! += 1;
        if (step > 1) addBounds(at, Math.ceil(last / step), Math.floor((last - 1) / (step - 1)));
      }
    }
    state[at + LAST_ID] = id;
    state[at + LAST_PAYLOAD] = table.payloadBytes[row]!;
    state[at + LAST_END] = (table.seq[row]! + table.payloadBytes[row]!) | 0;
  }

  function addBounds(at: number, low: number, high: number): void {
    state[at + HIGH] = state[at + HIGH] === 0 ? high : Math.min(high, state[at + HIGH]!);
    state[at + LOW] = Math.max(low, state[at + LOW]!);
  }

  /** What the other end announced: the longest segment, options included, that it may be sent. 0: not seen. */
  function announcedMss(flow: number): number {
    const at = flow * WORDS;
    if (state[at + PEER] === 0) state[at + PEER] = flows.reverse(flow) + 1;
    const peer = state[at + PEER]! - 1;
    return peer < 0 ? 0 : state[peer * WORDS + SYN_MSS]!;
  }

  /** Longest segment, options included, that the flow can have by its handshake; 0 without one. */
  function longestSegment(flow: number): number {
    return announcedMss(flow) || state[flow * WORDS + SYN_MSS]!;
  }

  /** Longest segment that its sender is taken to make: its own announcement tells its MTU, if nothing was longer. */
  function agreedMss(flow: number, optionBytes: number): number {
    const own = state[flow * WORDS + SYN_MSS]!;
    const announced = announcedMss(flow);
    if (own === 0 || announced === 0) return own + announced;
    return Math.min(announced, Math.max(own, state[flow * WORDS + FULL]! + optionBytes));
  }

  function isSuperPacket(table: PacketTable, row: number): boolean {
    const ipLength = table.ipLength[row]!;
    if (ipLength === 0) return statusOf(table.kind[row]!) === STATUS.SHORT_IP_LENGTH;
    const mss = longestSegment(table.flow[row]!);
    if (mss === 0) return ipLength > wireMtu;
    // Options take their bytes from the MSS (RFC 9293 §3.7.1).
    return table.payloadBytes[row]! + optionBytes(table, row) > mss;
  }

  function mssOf(table: PacketTable, row: number): MssChoice {
    const flow = table.flow[row]!;
    const at = flow * WORDS;
    const options = optionBytes(table, row);
    const networkBytes = table.tcpAt[row]! - table.ipAt[row]! - jumboHeaderBytes(table, row);
    const room = wireMtu - networkBytes - 20 - options;
    const agreed = agreedMss(flow, options) - options;
    if (agreed > 0 && fitsIds(at, agreed)) return choose(agreed, 'handshake');
    const full = state[at + FULL]!;
    if (isFullSize(at, full, room, table.payloadBytes[row]!)) return choose(full, 'full-segments');
    const low = state[at + LOW]!;
    if (low > 0 && low <= state[at + HIGH]! && low <= room) return choose(low, 'structure');
    const divisor = largestDivisor(state[at + GCD]!, room);
    if (divisor === room || (state[at + GCD_TIMES]! > 1 && divisor > 0)) return choose(divisor, 'structure');
    return choose(Math.max(room, 1), 'mtu');
  }

  function choose(bytes: number, source: MssSource): MssChoice {
    choice.bytes = bytes;
    choice.source = source;
    return choice;
  }

  /** Ids that agree with each other decide; one pair alone may be a chance. */
  function fitsIds(at: number, bytes: number): boolean {
    const low = state[at + LOW]!;
    const high = state[at + HIGH]!;
    return high === 0 || state[at + COUNTING]! < 2 || low > high || (low <= bytes && bytes <= high);
  }

  /** Whether the largest ordinary packet is a full-sized segment, not just the short end of a longer message. */
  function isFullSize(at: number, full: number, room: number, payload: number): boolean {
    if (state[at + FULL_TIMES]! < 2 || full * 2 <= room || !fitsIds(at, full)) return false;
    const divisor = state[at + GCD]!;
    return divisor > 0 ? divisor % full === 0 : full === room || payload % full === 0;
  }

  function grow(count: number): void {
    const larger = new Int32Array(Math.max(count, (state.length / WORDS) * 2) * WORDS);
    larger.set(state);
    state = larger;
  }

  return {
    add,
    restart() {
      for (let at = 0; at < state.length; at += WORDS) state[at + LAST_PAYLOAD] = 0;
    },
    setWireMtu(bytes) {
      if (bytes === wireMtu) return;
      wireMtu = bytes;
      for (let at = 0; at < state.length; at += WORDS) state.fill(0, at + LAST_ID, at + WORDS);
    },
    isSuperPacket,
    mssOf,
    hasFixedId(flow, id, dontFragment) {
      const [fixed, counting] = [state[flow * WORDS + FIXED]!, state[flow * WORDS + COUNTING]!];
      // Without evidence: senders that do not number their packets leave 0 there (RFC 6864 §4.1).
      return fixed === counting ? id === 0 && dontFragment : fixed > counting;
    },
  };
}

function optionBytes(table: PacketTable, row: number): number {
  return tcpHeaderBytes(table.tcpFlags[row]!) - 20;
}

const JUMBO_HEADER_BYTES = 8;
const JUMBO_OPTION = 0xc204;

/** Bytes of a hop-by-hop header that holds nothing but a jumbo payload length (RFC 2675 §2), which segments do not have. */
export function jumboHeaderBytes(table: PacketTable, row: number): number {
  const { view } = table;
  const ip = table.ipAt[row]!;
  if (table.ipLength[row] !== 0 || familyOf(table.kind[row]!) !== 6 || view.getUint8(ip + 6) !== 0) return 0;
  return view.getUint8(ip + 41) === 0 && view.getUint16(ip + 42) === JUMBO_OPTION ? JUMBO_HEADER_BYTES : 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The largest divisor of `value` that is at most `limit` and at least half of it; 0 if there is none. */
function largestDivisor(value: number, limit: number): number {
  if (value === 0 || limit < 1) return 0;
  // Nothing below half the limit is asked for.
  for (let parts = Math.ceil(value / limit); parts * limit <= 2 * value; parts++) {
    if (value % parts === 0) return value / parts;
  }
  return 0;
}
