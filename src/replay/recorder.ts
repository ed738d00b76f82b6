/**
 * A sink that keeps, for each held skb, its members and the first packet's header bytes, and edits the
 * header on delivery as the engine does: what the JSONL and pcap outputs need and counting runs do without.
 */
import type { HeldSkb, SegmentPlace, SkbSink } from '../coalesce/engine.ts';
import { pseudoHeader4, pseudoHeader6, sum16 } from '../packet/checksum.ts';
import { familyOf, type PacketTable, recordNumber } from '../packet/table.ts';
import { writeMergedHeader } from './merged-header.ts';

/** Link header with tags, IPv4 and TCP header at their longest; longer ones get a larger buffer. */
const USUAL_HEADER_BYTES = 64 + 60 + 60;

export interface DeliveredSkb {
  /** 0-based record numbers, in the order of their payload. */
  readonly packets: readonly number[];
  readonly segments: number;
  /** How many of `packets` had no payload. */
  readonly pureAcks: number;
  readonly held: boolean;
  readonly reason: number;
  readonly gsoSize: number;
  /** Frame bytes as delivered: headers, then as much payload as was captured without a gap. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly frameOffset: number;
  readonly capturedBytes: number;
  /** Bytes that the frame would have if all was captured. */
  readonly wireBytes: number;
  /** The IP header next to the TCP header, in a tunnel the inner one; from the start of the frame. */
  readonly ipOffset: number;
  /** 0: no TCP header. */
  readonly tcpOffset: number;
  /** IP version and length of that header; version 0: not IP. */
  readonly family: number;
  readonly ipLength: number;
  readonly linkType: number;
  /** Time of the packet that arrived last before the delivery, ns since the first packet. */
  readonly timeNs: number;
}

interface Hold {
  readonly packets: number[];
  frame: Uint8Array;
  view: DataView;
  captured: number;
  wireBytes: number;
  headerBytes: number;
  l2Bytes: number;
  ipOffset: number;
  tcpOffset: number;
  linkType: number;
  dataSum: number;
  /** Payload so far: its parity decides whether a member's sum is byte-swapped. */
  payloadBytes: number;
  /** Payload so far was captured whole, so that more can follow it. */
  whole: boolean;
}

/**
 * @param keepPayload also collects the payload that was captured (for writing merged packets)
 * @param deliver is called for each skb; the object and its bytes are valid during the call only
 */
export function createRecorder(
  table: PacketTable,
  keepPayload: boolean,
  deliver: (skb: DeliveredSkb) => void,
): SkbSink {
  const holds: Hold[] = [];
  /** Time of the newest row handed to the engine, whatever became of it. */
  let nowNs = 0;

  function hold(slot: number, row: number, first: boolean, place: SegmentPlace): void {
    nowNs = table.timeNs[row]!;
    if (first) open(slot, row, place);
    else if (place.before === true) prepend(slot, row, place);
    else join(holds[slot]!, row, place);
  }

  function open(slot: number, row: number, place: SegmentPlace): void {
    holds[slot] ??= newHold();
    const to = holds[slot];
    const at = table.frameOffset[row]!;
    const captured = table.capturedBytes[row]!;
    const tcpOffset = place.tcpAt - at;
    const headerBytes = tcpOffset + tcpHeaderBytesAt(place.tcpAt);
    const kept = keepPayload ? captured : Math.min(captured, headerBytes);
    if (to.frame.length < kept) grow(to, kept, 0);
    to.frame.set(table.bytes.subarray(at, at + kept));
    to.packets.length = 0;
    to.packets.push(recordNumber(table, row));
    to.captured = kept;
    to.wireBytes = headerBytes + place.payloadBytes;
    to.headerBytes = headerBytes;
    to.l2Bytes = table.ipAt[row]! - at;
    to.ipOffset = place.ipAt - at;
    to.tcpOffset = tcpOffset;
    to.linkType = table.linkType[row]!;
    to.whole = captured >= to.wireBytes;
    if (to.captured > to.wireBytes) to.captured = to.wireBytes;
    to.dataSum = dataSum(place);
    to.payloadBytes = place.payloadBytes;
  }

  function join(to: Hold, row: number, place: SegmentPlace): void {
    to.packets.push(recordNumber(table, row));
    const sum = dataSum(place);
    to.dataSum = (to.dataSum + ((to.payloadBytes & 1) === 1 ? sum * 256 : sum)) % 65_535;
    to.payloadBytes += place.payloadBytes;
    to.wireBytes += place.payloadBytes;
    if (keepPayload && to.whole) appendPayload(to, row, place);
  }

  /** What is held goes behind the packet's headers and payload. */
  function prepend(slot: number, row: number, place: SegmentPlace): void {
    const { packets, frame, captured, headerBytes, dataSum: heldSum, whole, payloadBytes } = holds[slot]!;
    const heldPackets = [...packets];
    const heldPayload = frame.slice(headerBytes, captured);
    open(slot, row, place);
    const to = holds[slot]!;
    to.packets.push(...heldPackets);
    to.dataSum = (to.dataSum + ((place.payloadBytes & 1) === 1 ? heldSum * 256 : heldSum)) % 65_535;
    to.payloadBytes += payloadBytes;
    to.wireBytes += payloadBytes;
    if (!keepPayload || !to.whole) return;
    to.whole = whole;
    addBytes(to, heldPayload);
  }

  function appendPayload(to: Hold, row: number, place: SegmentPlace): void {
    const payload = place.payloadBytes;
    const from = place.tcpAt + tcpHeaderBytesAt(place.tcpAt);
    const part = Math.min(payload, table.frameOffset[row]! + table.capturedBytes[row]! - from);
    to.whole = part === payload;
    if (part > 0) addBytes(to, table.bytes.subarray(from, from + part));
  }

  /** D(x) of the rules: what the payload sums to if the packet's checksum is right, modulo 65535. */
  function dataSum({ ipAt, tcpAt, payloadBytes }: SegmentPlace): number {
    const { view } = table;
    const headerBytes = tcpHeaderBytesAt(tcpAt);
    const header = sum16(view, tcpAt, headerBytes);
    const pseudoHeader = view.getUint8(ipAt) >> 4 === 4 ? pseudoHeader4 : pseudoHeader6;
    return 65_535 - ((header + pseudoHeader(view, ipAt, payloadBytes + headerBytes)) % 65_535);
  }

  function tcpHeaderBytesAt(tcpAt: number): number {
    return (table.view.getUint8(tcpAt + 12) >> 4) << 2;
  }

  function deliverHeld(skb: HeldSkb, reason: number): void {
    const from = holds[skb.slot]!;
    const { view } = from;
    if (skb.segments + skb.pureAcks > 1) writeMergedHeader(from, skb);
    deliver({
      packets: from.packets,
      segments: skb.segments,
      pureAcks: skb.pureAcks,
      held: true,
      reason,
      gsoSize: skb.gsoSize,
      bytes: from.frame,
      view,
      frameOffset: 0,
      capturedBytes: from.captured,
      wireBytes: from.wireBytes,
      ipOffset: from.ipOffset,
      tcpOffset: from.tcpOffset,
      family: view.getUint8(from.ipOffset) >> 4,
      ipLength: skb.ipLength,
      linkType: from.linkType,
      timeNs: nowNs,
    });
  }

  function deliverAlone(row: number, reason: number): void {
    nowNs = table.timeNs[row]!;
    const frame = table.frameOffset[row]!;
    const family = familyOf(table.kind[row]!);
    const tcp = table.tcpAt[row]!;
    deliver({
      packets: [recordNumber(table, row)],
      segments: 1,
      pureAcks: 0,
      held: false,
      reason,
      gsoSize: 0,
      bytes: table.bytes,
      view: table.view,
      frameOffset: frame,
      capturedBytes: table.capturedBytes[row]!,
      wireBytes: table.wireBytes[row]!,
      ipOffset: family === 0 ? 0 : table.ipAt[row]! - frame,
      tcpOffset: tcp === 0 ? 0 : tcp - frame,
      family,
      ipLength: table.ipLength[row]!,
      linkType: table.linkType[row]!,
      timeNs: nowNs,
    });
  }

  return { hold, deliverHeld, deliverAlone };
}

function newHold(): Hold {
  const frame = new Uint8Array(USUAL_HEADER_BYTES);
  return {
    packets: [],
    frame,
    view: new DataView(frame.buffer),
    captured: 0,
    wireBytes: 0,
    headerBytes: 0,
    l2Bytes: 0,
    ipOffset: 0,
    tcpOffset: 0,
    linkType: 0,
    dataSum: 0,
    payloadBytes: 0,
    whole: false,
  };
}

function addBytes(to: Hold, bytes: Uint8Array): void {
  const end = to.captured + bytes.length;
  if (to.frame.length < end) grow(to, end * 2, to.captured);
  to.frame.set(bytes, to.captured);
  to.captured = end;
}

/** A larger frame buffer that keeps the first `keep` bytes. */
function grow(hold: Hold, size: number, keep: number): void {
  const larger = new Uint8Array(size);
  larger.set(hold.frame.subarray(0, keep));
  hold.frame = larger;
  hold.view = new DataView(larger.buffer);
}
