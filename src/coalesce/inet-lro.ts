/**
 * Linux `inet_lro` (2.6.24 to 4.6), skb and frags mode: docs/engines/inet-lro.md has the rules by section.
 * Bytes of headers and checksums are not the engine's business: a recording sink keeps them.
 */
import type { CoreMerge } from '../capture/core.ts';
import { kernelsFor } from '../capture/record-block.ts';
import { seqDistance } from '../packet/seq.ts';
import { type PacketTable, PLAIN_TCP4, vlanTagsOf } from '../packet/table.ts';
import { rejectedBy } from './driver-callback.ts';
import { createHeldSkb, type Engine, NO_MERGE, type SegmentPlace, type SkbSink } from './engine.ts';
import {
  countInetLroPolls,
  endInetLro,
  isPlain,
  reserveSessions,
  takeInetLro,
  WORDS,
} from './inet-lro-core.ts';
import { OBSTACLE, type ObstacleSet, SPREAD_LIST } from './obstacle.ts';
import { REASON } from './reason.ts';

export interface InetLroOptions {
  /** Session slots. */
  readonly maxDesc: number;
  /** Packets (frags mode: page fragments) after which a session is flushed. */
  readonly maxAggr: number;
  readonly mtu: number;
  readonly mode: 'skb' | 'frags';
  /** Bytes of a page fragment in frags mode, 0: the whole frame. */
  readonly fragSize: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
  readonly verifyChecksums: boolean;
  /** PSH fails the eligibility test, as in s2io. */
  readonly pshBlocks?: boolean;
  /** Obstacles to be taken as gone, for what-if replays: docs/explain.md. `table-full` wants `maxDesc` a power of two. */
  readonly waived?: ObstacleSet;
}

export const INET_LRO_DEFAULTS: InetLroOptions = {
  maxDesc: 8,
  maxAggr: 64,
  mtu: 1500,
  mode: 'skb',
  fragSize: 0,
  vlan: 'strip',
  verifyChecksums: false,
};

/** Words of a session in the slot array. */
const FLOW = 0;
const NEXT_SEQ = 1;
const TSVAL = 2;
const HAS_TIMESTAMP = 3;
const PACKETS = 4;
const FRAGMENTS = 5;
/** Frame length after the Ethernet header, all payload counted: what the 64K limit looks at. */
const LENGTH = 6;
const MSS = 7;
const ACK = 8;
const WINDOW = 9;
const TSECR = 10;
/** LENGTH without payload. */
const HEADERS = 11;
/** Bytes of an in-band VLAN tag, which LENGTH counts and the IP length does not. */
const TAG = 12;
const EMPTY = -1;
/** More packets and bytes than a 32-bit session can count. */
const NO_LIMIT = 0x7fff_ffff;
const ETHERNET_BYTES = 14;
/** CWR, ECE, URG, RST, SYN, FIN must be clear and ACK set; PSH is not looked at. */
const FLAGS_LOOKED_AT = 0xf7;
const ACK_ONLY = 0x10;
const PSH = 0x08;
/** The same with the data offset: 32 bytes, as with the timestamp option. */
const USUAL_FLAGS_LOOKED_AT = 0xf0f7;
const USUAL_FLAGS = 0x8010;
const ECN_CE = 3;
/** NOP, NOP, TIMESTAMP, length 10: the first four bytes of the usual timestamp option. */
const TIMESTAMP_OPTION = 0x0101080a;

/**
 * Builds the engine; options must be whole numbers in their ranges (checked where they are parsed).
 * @param slots may be those of another engine with the same options, for packets that come in two tables
 */
export function createInetLro(
  table: PacketTable,
  options: InetLroOptions,
  sink: SkbSink,
  slots: Int32Array = reserveSessions(table.core, options),
): Engine {
  const { maxDesc, fragSize, vlan, verifyChecksums } = options;
  const waives = (obstacle: ObstacleSet): boolean => ((options.waived ?? 0) & obstacle) !== 0;
  const anyTimestamp = waives(OBSTACLE.timestamp);
  const gapsAllowed = waives(OBSTACLE.reordering);
  const unlimited = waives(OBSTACLE['size-limit']);
  const spread = waives(OBSTACLE['table-full']);
  const frags = options.mode === 'frags';
  const inband = vlan === 'inband';
  const plain = isPlain(options);
  const flagsLookedAt = options.pshBlocks === true ? FLAGS_LOOKED_AT | PSH : FLAGS_LOOKED_AT;
  const maxAggr = unlimited ? NO_LIMIT : options.maxAggr;
  const lengthLimit = unlimited ? NO_LIMIT : 65_535 - options.mtu;
  const isInCore = slots.buffer === table.core?.buffer;
  slots.fill(EMPTY);
  const counters = { aggregated: 0, flushed: 0, noDesc: 0 };
  const skb = createHeldSkb();
  const place: SegmentPlace = { ipAt: 0, tcpAt: 0, payloadBytes: 0 };
  const {
    rows,
    kind,
    ipAt,
    tcpAt,
    ipLength,
    seq,
    tcpFlags,
    payloadBytes,
    wireBytes,
    frameOffset,
    capturedBytes,
  } = table;
  const flows = table.flow;
  let { view } = table;
  const { hold } = sink;
  /** Slot used last: the flow of most packets is the flow of the packet before. */
  let recent = 0;

  /** Rule of the eligibility test that a packet violates, -1 if it passes (§4). `at` is its session or -1. */
  function violation(row: number, l3Bytes: number, at: number): number {
    if (ipLength[row] !== l3Bytes) return REASON['length-mismatch'];
    if (payloadBytes[row] === 0) return REASON['no-payload'];
    const ip = ipAt[row]!;
    const tcp = tcpAt[row]!;
    if (tcp - ip !== 20) return REASON['ip-options'];
    const flags = tcpFlags[row]!;
    if ((flags & flagsLookedAt) !== ACK_ONLY) return REASON['tcp-flags'];
    if ((view.getUint8(ip + 1) & 3) === ECN_CE) return REASON['ecn-ce'];
    const headerWords = flags >> 12;
    if (headerWords === 5) return -1;
    if (headerWords !== 8 || view.getInt32(tcp + 20) !== TIMESTAMP_OPTION) return REASON['tcp-options'];
    if (anyTimestamp) return -1;
    if (at >= 0 && seqDistance(view.getInt32(tcp + 24), slots[at + TSVAL]!) < 0)
      return REASON['timestamp-backwards'];
    if (view.getInt32(tcp + 28) === 0) return REASON['timestamp-echo-zero'];
    return -1;
  }

  /** The four bytes 28 bytes into the TCP header, whatever they are; uncaptured ones read as 0 (quirk Q1). */
  function word28(row: number): number {
    const at = tcpAt[row]! + 28;
    const captured = frameOffset[row]! + capturedBytes[row]! - at;
    if (captured >= 4) return view.getInt32(at);
    let word = 0;
    for (let i = 0; i < 4; i++) word = (word << 8) | (i < captured ? view.getUint8(at + i) : 0);
    return word;
  }

  /** Page fragments of a frame (§1). */
  function fragmentsOf(length: number): number {
    return fragSize === 0 ? 1 : Math.ceil((length + ETHERNET_BYTES) / fragSize);
  }

  function flush(slot: number, reason: number): void {
    const at = slot * WORDS;
    const length = slots[at + LENGTH]!;
    skb.slot = slot;
    skb.segments = slots[at + PACKETS]!;
    skb.payloadBytes = length - slots[at + HEADERS]!;
    skb.frameBytes = length + ETHERNET_BYTES;
    skb.gsoSize = slots[at + MSS]!;
    // The field has 16 bits and wraps in captures with segments beyond the MTU (quirk Q5).
    skb.ipLength = (length - slots[at + TAG]!) & 0xffff;
    skb.flow = slots[at + FLOW]!;
    skb.ack = slots[at + ACK]!;
    skb.window = slots[at + WINDOW]!;
    skb.tsecr = slots[at + TSECR]!;
    skb.hasTimestamp = slots[at + HAS_TIMESTAMP] === 1;
    slots[at + FLOW] = EMPTY;
    counters.flushed++;
    sink.deliverHeld(skb, reason);
  }

  function open(slot: number, row: number, l3Bytes: number, tagBytes: number): void {
    const at = slot * WORDS;
    const payload = payloadBytes[row]!;
    const tcp = tcpAt[row]!;
    const hasTimestamp = tcpFlags[row]! >> 12 === 8;
    const length = l3Bytes + tagBytes;
    slots[at + FLOW] = flows[row]!;
    slots[at + NEXT_SEQ] = seq[row]! + payload;
    slots[at + TSVAL] = hasTimestamp ? view.getInt32(tcp + 24) : 0;
    slots[at + HAS_TIMESTAMP] = hasTimestamp ? 1 : 0;
    slots[at + PACKETS] = 1;
    slots[at + FRAGMENTS] = fragmentsOf(length);
    slots[at + LENGTH] = length;
    slots[at + HEADERS] = length - payload;
    slots[at + TAG] = tagBytes;
    slots[at + MSS] = payload;
    slots[at + ACK] = view.getInt32(tcp + 8);
    slots[at + WINDOW] = view.getUint16(tcp + 14);
    slots[at + TSECR] = hasTimestamp ? view.getInt32(tcp + 28) : 0;
    counters.aggregated++;
    recent = slot;
    tellHold(slot, row, true);
  }

  function tellHold(slot: number, row: number, first: boolean): void {
    if (hold === undefined) return;
    place.ipAt = ipAt[row]!;
    place.tcpAt = tcpAt[row]!;
    place.payloadBytes = payloadBytes[row]!;
    hold(slot, row, first, place);
  }

  /** Adds a packet that passed all tests to its session (§3, step 5). */
  function merge(at: number, row: number, tcp: number, tsecr: number): void {
    const payload = payloadBytes[row]!;
    slots[at + NEXT_SEQ] = seq[row]! + payload;
    slots[at + PACKETS]! += 1;
    slots[at + LENGTH]! += payload;
    if (payload > slots[at + MSS]!) slots[at + MSS] = payload;
    slots[at + ACK] = view.getInt32(tcp + 8);
    slots[at + WINDOW] = view.getUint16(tcp + 14);
    slots[at + TSECR] = tsecr;
    counters.aggregated++;
  }

  /** Whether a merged packet fills its session; packets count, in frags mode their fragments. */
  function limit(at: number, row: number, tagBytes: number): number {
    let count = slots[at + PACKETS]!;
    if (frags) {
      count = slots[at + FRAGMENTS]! + fragmentsOf(ipLength[row]! + tagBytes);
      slots[at + FRAGMENTS] = count;
    }
    if (count >= maxAggr) return REASON['max-aggr'];
    return slots[at + LENGTH]! > lengthLimit ? REASON['max-length'] : -1;
  }

  /** The slot that holds this flow; otherwise `-1 - s` with the lowest empty slot s, -1 - maxDesc if none is. */
  function find(flow: number): number {
    let empty = maxDesc;
    const first = spread ? (flow * SPREAD_LIST) & (maxDesc - 1) : 0;
    const end = spread ? first + SPREAD_LIST : maxDesc;
    for (let slot = first; slot < end; slot++) {
      const held = slots[slot * WORDS];
      if (held === flow) return slot;
      if (held === EMPTY && slot < empty) empty = slot;
    }
    return -1 - empty;
  }

  /** A packet of a flow that no slot holds (§3, steps 1 and 2). */
  function begin(slot: number, row: number, l3Bytes: number, tagBytes: number): void {
    if (slot === maxDesc) {
      counters.noDesc++;
      sink.deliverAlone(row, REASON['table-full']);
      return;
    }
    const reason = violation(row, l3Bytes, -1);
    if (reason >= 0) sink.deliverAlone(row, reason);
    else open(slot, row, l3Bytes, tagBytes);
  }

  /** One accepted packet (§3). */
  function process(row: number): void {
    // An in-band tag counts as part of the frame after the Ethernet header, in frags mode not for the length test.
    const tagBytes = inband && vlanTagsOf(kind[row]!) === 1 ? 4 : 0;
    const l3Bytes = wireBytes[row]! - (ipAt[row]! - frameOffset[row]!);
    const flow = flows[row]!;
    const slot = slots[recent * WORDS] === flow ? recent : find(flow);
    if (slot < 0) {
      begin(-1 - slot, row, l3Bytes, tagBytes);
      return;
    }
    recent = slot;
    const at = slot * WORDS;
    let reason = REASON.sequence;
    if (seq[row] === slots[at + NEXT_SEQ]) reason = violation(row, frags ? l3Bytes : l3Bytes + tagBytes, at);
    if (reason < 0) {
      merge(at, row, tcpAt[row]!, slots[at + HAS_TIMESTAMP] === 1 ? word28(row) : 0);
      tellHold(slot, row, false);
      reason = limit(at, row, tagBytes);
      if (reason >= 0) flush(slot, reason);
    } else {
      flush(slot, reason);
      if (gapsAllowed && reason === REASON.sequence) begin(slot, row, l3Bytes, tagBytes);
      else sink.deliverAlone(row, reason);
    }
  }

  /**
   * Merges a packet that plainly continues the session of its slot, both with timestamps: the usual case, decided
   * at one place in half the time of `rejectedBy` and `process`. These decide the same, and whatever this leaves over.
   */
  function mergeUsual(at: number, row: number): boolean {
    if (seq[row] !== slots[at + NEXT_SEQ] || slots[at + HAS_TIMESTAMP] === 0) return false;
    const ip = ipAt[row]!;
    const tcp = tcpAt[row]!;
    if (tcp - ip !== 20 || ipLength[row] !== wireBytes[row]! - (ip - frameOffset[row]!)) return false;
    if (payloadBytes[row] === 0 || (tcpFlags[row]! & USUAL_FLAGS_LOOKED_AT) !== USUAL_FLAGS) return false;
    const tsecr = view.getInt32(tcp + 28);
    if (tsecr === 0 || (view.getUint8(ip + 1) & ECN_CE) === ECN_CE) return false;
    if (view.getInt32(tcp + 20) !== TIMESTAMP_OPTION) return false;
    if (seqDistance(view.getInt32(tcp + 24), slots[at + TSVAL]!) < 0) return false;
    merge(at, row, tcp, tsecr);
    return true;
  }

  function endFilled(slot: number): void {
    flush(slot, slots[slot * WORDS + PACKETS]! >= maxAggr ? REASON['max-aggr'] : REASON['max-length']);
  }

  const inCore: CoreMerge | null = isInCore ? { ...NO_MERGE, slots, maxDesc, maxAggr, lengthLimit } : null;
  const takeInCore = inCore === null ? null : takeInetLro(inCore, spread, counters, sink, endFilled);
  const endInCore = inCore === null ? null : endInetLro(inCore, table.core, sink);
  const engine = {
    counters,
    inCore: inCore !== null && (options.waived ?? 0) === 0 ? inCore : undefined,
    receive(from: number, to: number) {
      view = table.view;
      // A packet alone is one that a lane in the core left over.
      const kernels = takeInCore === null || to - from === 1 ? null : kernelsFor(table);
      for (let i = from; i < to; i++) {
        if (kernels !== null && takeInCore !== null) {
          i = takeInCore(kernels, i, to);
          if (i === to) break;
        }
        const row = rows[i]!;
        if (plain && kind[row] === PLAIN_TCP4) {
          const flow = flows[row]!;
          const slot = slots[recent * WORDS] === flow ? recent : find(flow);
          if (slot >= 0) recent = slot;
          if (slot >= 0 && mergeUsual(slot * WORDS, row)) {
            tellHold(slot, row, false);
            const reason = limit(slot * WORDS, row, 0);
            if (reason >= 0) flush(slot, reason);
            continue;
          }
        }
        const rejected = rejectedBy(table, row, vlan, verifyChecksums);
        if (rejected >= 0) sink.deliverAlone(row, rejected);
        else process(row);
      }
    },
    flushAll(reason: number) {
      if (endInCore !== null) counters.flushed += endInCore();
      else for (let slot = 0; slot < maxDesc; slot++) if (slots[slot * WORDS] !== EMPTY) flush(slot, reason);
    },
  } satisfies Engine;
  return { ...engine, takePolls: countInetLroPolls(inCore, spread, table.core, sink, engine) };
}
