/**
 * What merging loses: fields of packets that the header of their merged skb does not say, so that nobody after the engine can
 * cut it into the packets that were sent. Counted from the packets themselves, whatever the engine's rules promise.
 */
import { reserveDoubles, reserveWords } from '../capture/core.ts';
import type { HeldSkb, SegmentPlace, SkbSink } from '../coalesce/engine.ts';
import type { PacketTable } from '../packet/table.ts';
import type { Losses } from './explain-result.ts';

/** In the order in which they are counted. */
const LOSSES = [
  'joined',
  'pshPositions',
  'timestampValues',
  'timestampEchoes',
  'ipIds',
  'windowUpdates',
  'ackNumbers',
  'ipFields',
  'unevenSkbs',
] as const satisfies readonly (keyof Losses)[];
const LOSS = Object.fromEntries(LOSSES.map((name, index) => [name, index])) as Record<keyof Losses, number>;

function lossesOf(counts: ArrayLike<number>): Losses {
  return Object.fromEntries(LOSSES.map((name, index) => [name, counts[index]!])) as Record<
    keyof Losses,
    number
  >;
}

export function noLosses(): Losses {
  return lossesOf(LOSSES.map(() => 0));
}

export interface LossCounter {
  losses(): Losses;
  /** Addresses of what is kept and counted; null where it does not lie in the core. */
  readonly inCore: { readonly states: number; readonly counts: number } | null;
  /** Left out where the state does not lie in the core. */
  readonly holdTaken: SkbSink['holdTaken'];
  hold(slot: number, row: number, first: boolean, place: SegmentPlace): void;
  deliverHeld(skb: HeldSkb): void;
}

/** Words kept of each held skb. */
const WORDS = 16;
const ACK = 0;
const WINDOW = 1;
const TSVAL = 2;
const TSECR = 3;
/** 1 where the first packet has the usual timestamp option. */
const TIMESTAMPS = 4;
const ID = 5;
/** TOS and TTL, or traffic class and hop limit. */
const FIELDS = 6;
const COUNT = 7;
/** Payload of the first packet and of the last one. */
const FIRST_PAYLOAD = 8;
const LAST_PAYLOAD = 9;
const UNEVEN = 10;
/** PSH of the packet that came last. Of linux-gro none but the last has it, and keeps it. */
const LAST_PSH = 11;
/** 1 from the first packet until the skb is delivered. */
const HELD = 12;

const WINDOW_BITS = 0xffff;
const PSH = 0x0008_0000;
const TIMESTAMP_OPTION = 0x0101080a;

/** What is made room for at first where nobody knows how many skbs are held. */
const SOME_SLOTS = 64;

/**
 * @param keepsPsh the engine puts the PSH of its last packet into the header, as linux-gro does
 * @param slots how many skbs an engine holds at most whose packets the core may take; null for the other engines
 */
export function createLossCounter(table: PacketTable, keepsPsh: boolean, slots: number | null): LossCounter {
  const core = slots === null ? null : table.core;
  const counts = reserveDoubles(core, LOSSES.length);
  let state = reserveWords(core, (slots ?? SOME_SLOTS) * WORDS);
  const isInCore = core !== null && counts.buffer === core.buffer && state.buffer === core.buffer;

  function hasTimestamps(view: DataView, tcp: number): boolean {
    return view.getUint8(tcp + 12) >> 4 === 8 && view.getInt32(tcp + 20) === TIMESTAMP_OPTION;
  }

  function ipFieldsAt(view: DataView, ip: number): number {
    return view.getUint8(ip) >> 4 === 4
      ? (view.getUint8(ip + 1) << 8) | view.getUint8(ip + 8)
      : (((view.getUint16(ip) >> 4) & 0xff) << 8) | view.getUint8(ip + 7);
  }

  function begin(at: number, view: DataView, { ipAt, tcpAt, payloadBytes }: SegmentPlace): void {
    const stamped = hasTimestamps(view, tcpAt);
    state[at + ACK] = view.getInt32(tcpAt + 8);
    state[at + WINDOW] = view.getUint16(tcpAt + 14);
    state[at + TIMESTAMPS] = stamped ? 1 : 0;
    if (stamped) {
      state[at + TSVAL] = view.getInt32(tcpAt + 24);
      state[at + TSECR] = view.getInt32(tcpAt + 28);
    }
    state[at + ID] = view.getUint8(ipAt) >> 4 === 4 ? view.getUint16(ipAt + 4) : -1;
    state[at + FIELDS] = ipFieldsAt(view, ipAt);
    state[at + COUNT] = 1;
    state[at + FIRST_PAYLOAD] = payloadBytes;
    state[at + LAST_PAYLOAD] = payloadBytes;
    state[at + UNEVEN] = 0;
    state[at + LAST_PSH] = view.getInt32(tcpAt + 12) & PSH;
    state[at + HELD] = 1;
  }

  function join(at: number, view: DataView, place: SegmentPlace): void {
    const { ipAt, tcpAt, payloadBytes } = place;
    const word = view.getInt32(tcpAt + 12);
    counts[LOSS.joined]! += 1;
    state[at + COUNT]! += 1;
    const different =
      (view.getInt32(tcpAt + 8) ^ state[at + ACK]!) |
      ((word ^ state[at + WINDOW]!) & (WINDOW_BITS | PSH)) |
      (ipFieldsAt(view, ipAt) ^ state[at + FIELDS]!) |
      (payloadBytes ^ state[at + FIRST_PAYLOAD]!) |
      (state[at + LAST_PAYLOAD]! ^ state[at + FIRST_PAYLOAD]!) |
      state[at + LAST_PSH]!;
    if (different !== 0) compareHeaders(at, view, place, word);
    if (state[at + TIMESTAMPS] === 1) compareTimestamps(at, view, tcpAt, word);
    const first = state[at + ID]!;
    if (first < 0) return;
    const distance = (view.getUint16(ipAt + 4) - first) & 0xffff;
    if (distance !== 0 && distance !== ((state[at + COUNT]! - 1) & 0xffff)) counts[LOSS.ipIds]! += 1;
  }

  function compareHeaders(at: number, view: DataView, place: SegmentPlace, word: number): void {
    const { ipAt, tcpAt, payloadBytes } = place;
    // The PSH of the packet before was not at the end after all; the first one's is where the header says.
    if (state[at + LAST_PSH] !== 0) counts[LOSS.pshPositions]! += 1;
    state[at + LAST_PSH] = word & PSH;
    const ack = view.getInt32(tcpAt + 8);
    if (ack !== state[at + ACK]) counts[LOSS.ackNumbers]! += 1;
    state[at + ACK] = ack;
    if (((word ^ state[at + WINDOW]!) & WINDOW_BITS) !== 0) counts[LOSS.windowUpdates]! += 1;
    state[at + WINDOW] = word & WINDOW_BITS;
    if (ipFieldsAt(view, ipAt) !== state[at + FIELDS]) counts[LOSS.ipFields]! += 1;
    if (state[at + LAST_PAYLOAD] !== state[at + FIRST_PAYLOAD] || payloadBytes > state[at + FIRST_PAYLOAD]!) {
      state[at + UNEVEN] = 1;
    }
    state[at + LAST_PAYLOAD] = payloadBytes;
  }

  function compareTimestamps(at: number, view: DataView, tcp: number, word: number): void {
    if (word >>> 28 !== 8 || view.getInt32(tcp + 20) !== TIMESTAMP_OPTION) return;
    if (view.getInt32(tcp + 24) !== state[at + TSVAL]) counts[LOSS.timestampValues]! += 1;
    const echo = view.getInt32(tcp + 28);
    if (echo === state[at + TSECR]) return;
    counts[LOSS.timestampEchoes]! += 1;
    state[at + TSECR] = echo;
  }

  return {
    losses: () => lossesOf(counts),
    inCore: isInCore ? { states: state.byteOffset, counts: counts.byteOffset } : null,
    holdTaken: isInCore
      ? (from, to, held) =>
          core.kernels.countLosses(state.byteOffset, counts.byteOffset, held.slots, held.lastSlots, from, to)
      : undefined,
    hold(slot, _row, first, place) {
      const at = slot * WORDS;
      if (at >= state.length) {
        const larger = new Int32Array(Math.max(at + WORDS, state.length * 2));
        larger.set(state);
        state = larger;
      }
      if (first) begin(at, table.view, place);
      else join(at, table.view, place);
    },
    deliverHeld(skb) {
      const at = skb.slot * WORDS;
      state[at + HELD] = 0;
      if (skb.segments === 1) return;
      if (state[at + UNEVEN] === 1) counts[LOSS.unevenSkbs]! += 1;
      if (!keepsPsh && state[at + LAST_PSH] !== 0) counts[LOSS.pshPositions]! += 1;
    },
  };
}
