/** What merging loses, packet by packet: as src/replay/merge-losses.ts, on the same state. */
import { big16, big32 } from './bytes';

/** Of a held skb. */
export const STATE_BYTES: i32 = 64;

/** Offsets of the words of a state. */
const ACK: i32 = 0;
const WINDOW: i32 = 4;
export const TSVAL: i32 = 8;
const TSECR: i32 = 12;
export const TIMESTAMPS: i32 = 16;
export const ID: i32 = 20;
export const FIELDS: i32 = 24;
export const COUNT: i32 = 28;
export const FIRST_PAYLOAD: i32 = 32;
export const LAST_PAYLOAD: i32 = 36;
const UNEVEN: i32 = 40;
export const LAST_PSH: i32 = 44;
export const HELD: i32 = 48;

/** Offsets of the doubles that are counted. */
export const JOINED: i32 = 0;
const PSH_POSITIONS: i32 = 8;
export const TIMESTAMP_VALUES: i32 = 16;
const TIMESTAMP_ECHOES: i32 = 24;
export const IP_IDS: i32 = 32;
const WINDOW_UPDATES: i32 = 40;
const ACK_NUMBERS: i32 = 48;
const IP_FIELDS: i32 = 56;
const UNEVEN_SKBS: i32 = 64;

const WINDOW_BITS: i32 = 0xffff;
const PSH: i32 = 0x0008_0000;
const TIMESTAMP_OPTION: i32 = 0x0101_080a;

/** An skb is delivered, as there. */
export function endLosses(states: i32, counts: i32, slot: i32, segments: i32, keepsPsh: bool): void {
  const state = states + slot * STATE_BYTES;
  store<i32>(state, 0, HELD);
  if (segments === 1) return;
  if (load<i32>(state, UNEVEN) !== 0) add(counts + UNEVEN_SKBS, 1);
  if (!keepsPsh && load<i32>(state, LAST_PSH) !== 0) add(counts + PSH_POSITIONS, 1);
}

export function begin(state: i32, ip: i32, tcp: i32, payload: i32): void {
  const word = big32(tcp, 12);
  const stamped = word >>> 28 === 8 && big32(tcp, 20) === TIMESTAMP_OPTION;
  store<i32>(state, big32(tcp, 8), ACK);
  store<i32>(state, word & WINDOW_BITS, WINDOW);
  store<i32>(state, stamped ? 1 : 0, TIMESTAMPS);
  if (stamped) {
    store<i32>(state, big32(tcp, 24), TSVAL);
    store<i32>(state, big32(tcp, 28), TSECR);
  }
  store<i32>(state, isVersion4(ip) ? big16(ip, 4) : -1, ID);
  store<i32>(state, ipFieldsAt(ip), FIELDS);
  store<i32>(state, 1, COUNT);
  store<i32>(state, payload, FIRST_PAYLOAD);
  store<i32>(state, payload, LAST_PAYLOAD);
  store<i32>(state, 0, UNEVEN);
  store<i32>(state, word & PSH, LAST_PSH);
  store<i32>(state, 1, HELD);
}

export function join(state: i32, counts: i32, ip: i32, tcp: i32, payload: i32): void {
  const word = big32(tcp, 12);
  const ack = big32(tcp, 8);
  const fields = ipFieldsAt(ip);
  const place = load<i32>(state, COUNT);
  const firstPayload = load<i32>(state, FIRST_PAYLOAD);
  const lastPayload = load<i32>(state, LAST_PAYLOAD);
  const lastPsh = load<i32>(state, LAST_PSH);
  store<i32>(state, place + 1, COUNT);
  const different =
    (ack ^ load<i32>(state, ACK)) |
    ((word ^ load<i32>(state, WINDOW)) & (WINDOW_BITS | PSH)) |
    (fields ^ load<i32>(state, FIELDS)) |
    (payload ^ firstPayload) |
    (lastPayload ^ firstPayload) |
    lastPsh;
  if (different !== 0) {
    if (lastPsh !== 0) add(counts + PSH_POSITIONS, 1);
    if (ack !== load<i32>(state, ACK)) add(counts + ACK_NUMBERS, 1);
    if (((word ^ load<i32>(state, WINDOW)) & WINDOW_BITS) !== 0) add(counts + WINDOW_UPDATES, 1);
    if (fields !== load<i32>(state, FIELDS)) add(counts + IP_FIELDS, 1);
    if (lastPayload !== firstPayload || payload > firstPayload) store<i32>(state, 1, UNEVEN);
    store<i32>(state, ack, ACK);
    store<i32>(state, word & WINDOW_BITS, WINDOW);
    store<i32>(state, word & PSH, LAST_PSH);
    store<i32>(state, payload, LAST_PAYLOAD);
  }
  if (load<i32>(state, TIMESTAMPS) !== 0 && word >>> 28 === 8) compareTimestamps(state, counts, tcp);
  const first = load<i32>(state, ID);
  if (first < 0) return;
  const distance = (big16(ip, 4) - first) & 0xffff;
  if (distance !== 0 && distance !== (place & 0xffff)) add(counts + IP_IDS, 1);
}

function compareTimestamps(state: i32, counts: i32, tcp: i32): void {
  if (big32(tcp, 20) !== TIMESTAMP_OPTION) return;
  if (big32(tcp, 24) !== load<i32>(state, TSVAL)) add(counts + TIMESTAMP_VALUES, 1);
  const echo = big32(tcp, 28);
  if (echo === load<i32>(state, TSECR)) return;
  add(counts + TIMESTAMP_ECHOES, 1);
  store<i32>(state, echo, TSECR);
}

function isVersion4(ip: i32): bool {
  return load<u8>(ip) >> 4 === 4;
}

/** TOS and TTL, or traffic class and hop limit. */
export function ipFieldsAt(ip: i32): i32 {
  if (isVersion4(ip)) return ((<i32>load<u8>(ip, 1)) << 8) | <i32>load<u8>(ip, 8);
  return (((big16(ip, 0) >> 4) & 0xff) << 8) | <i32>load<u8>(ip, 7);
}

export function add(place: i32, value: f64): void {
  store<f64>(place, load<f64>(place) + value);
}
