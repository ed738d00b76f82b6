/**
 * A sink that keeps, for each held skb, its members and the first packet's header bytes, and edits the
 * header on delivery as the engine does: what the JSONL and pcap outputs need and counting runs do without.
 * Checksum arithmetic: docs/engines/inet-lro.md §6; no payload is needed for it.
 */
import type { HeldSkb, SkbSink } from '../coalesce/engine.ts';
import { complement, pseudoHeader4, sum16 } from '../packet/checksum.ts';
import { familyOf, type PacketTable, tcpHeaderBytes } from '../packet/table.ts';

/** Link header with tags, IPv4 and TCP header at their longest. */
const MAX_HEADER_BYTES = 64 + 60 + 60;

export interface DeliveredSkb {
  /** 0-based record numbers, in the order in which the engine took them; `members` of them are valid. */
  readonly packets: readonly number[];
  readonly segments: number;
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
  readonly l2Bytes: number;
  /** 0: no TCP header. */
  readonly tcpOffset: number;
  readonly family: number;
  readonly ipLength: number;
  readonly linkType: number;
  /** Time of the packet that arrived last before the delivery, ns since the first packet. */
  readonly timeNs: number;
}

interface Hold {
  readonly packets: number[];
  frame: Uint8Array;
  captured: number;
  wireBytes: number;
  headerBytes: number;
  l2Bytes: number;
  tcpOffset: number;
  linkType: number;
  datasum: number;
  /** Parity of the session's length so far, which decides whether a member's sum is byte-swapped. */
  length: number;
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

  function hold(slot: number, row: number, first: boolean): void {
    nowNs = table.timeNs[row]!;
    if (first) open(slot, row);
    else join(holds[slot]!, row);
  }

  function open(slot: number, row: number): void {
    holds[slot] ??= newHold();
    const to = holds[slot];
    const at = table.frameOffset[row]!;
    const captured = table.capturedBytes[row]!;
    const tcpOffset = table.tcpAt[row]! - at;
    const headerBytes = tcpOffset + tcpHeaderBytes(table.tcpFlags[row]!);
    const kept = keepPayload ? captured : Math.min(captured, headerBytes);
    if (to.frame.length < kept) to.frame = new Uint8Array(kept);
    to.frame.set(table.bytes.subarray(at, at + kept));
    to.packets.length = 0;
    to.packets.push(table.firstRecord + row);
    to.captured = kept;
    to.wireBytes = headerBytes + table.payloadBytes[row]!;
    to.headerBytes = headerBytes;
    to.l2Bytes = table.ipAt[row]! - at;
    to.tcpOffset = tcpOffset;
    to.linkType = table.linkType[row]!;
    to.whole = captured >= to.wireBytes;
    if (to.captured > to.wireBytes) to.captured = to.wireBytes;
    to.datasum = dataSum(row);
    to.length = table.ipLength[row]!;
  }

  function join(to: Hold, row: number): void {
    to.packets.push(table.firstRecord + row);
    const sum = dataSum(row);
    to.datasum = (to.datasum + ((to.length & 1) === 1 ? sum * 256 : sum)) % 65_535;
    const payload = table.payloadBytes[row]!;
    to.length += payload;
    to.wireBytes += payload;
    if (keepPayload && to.whole) appendPayload(to, row, payload);
  }

  function appendPayload(to: Hold, row: number, payload: number): void {
    const from = table.tcpAt[row]! + tcpHeaderBytes(table.tcpFlags[row]!);
    const part = Math.min(payload, table.frameOffset[row]! + table.capturedBytes[row]! - from);
    to.whole = part === payload;
    if (part <= 0) return;
    if (to.frame.length < to.captured + part) {
      const larger = new Uint8Array((to.captured + part) * 2);
      larger.set(to.frame.subarray(0, to.captured));
      to.frame = larger;
    }
    to.frame.set(table.bytes.subarray(from, from + part), to.captured);
    to.captured += part;
  }

  /** D(x) of the rules: what the payload sums to if the packet's checksum is right, modulo 65535. */
  function dataSum(row: number): number {
    const headerBytes = tcpHeaderBytes(table.tcpFlags[row]!);
    const header = sum16(table.view, table.tcpAt[row]!, headerBytes);
    const pseudo = pseudoHeader4(table.view, table.ipAt[row]!, table.payloadBytes[row]! + headerBytes);
    return 65_535 - ((header + pseudo) % 65_535);
  }

  function deliverHeld(skb: HeldSkb, reason: number): void {
    const from = holds[skb.slot]!;
    const view = new DataView(from.frame.buffer);
    if (skb.segments > 1) editHeader(from, view, skb);
    deliver({
      packets: from.packets,
      segments: skb.segments,
      held: true,
      reason,
      gsoSize: skb.gsoSize,
      bytes: from.frame,
      view,
      frameOffset: 0,
      capturedBytes: from.captured,
      wireBytes: from.wireBytes,
      l2Bytes: from.l2Bytes,
      tcpOffset: from.tcpOffset,
      family: 4,
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
      packets: [table.firstRecord + row],
      segments: 1,
      held: false,
      reason,
      gsoSize: 0,
      bytes: table.bytes,
      view: table.view,
      frameOffset: frame,
      capturedBytes: table.capturedBytes[row]!,
      wireBytes: table.wireBytes[row]!,
      l2Bytes: family === 0 ? 0 : table.ipAt[row]! - frame,
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
  return {
    packets: [],
    frame: new Uint8Array(MAX_HEADER_BYTES),
    captured: 0,
    wireBytes: 0,
    headerBytes: 0,
    l2Bytes: 0,
    tcpOffset: 0,
    linkType: 0,
    datasum: 0,
    length: 0,
    whole: false,
  };
}

/** Writes the merged skb's ACK, window, timestamp echo, length and checksums into the first packet's header. */
function editHeader(hold: Hold, view: DataView, skb: HeldSkb): void {
  const ip = hold.l2Bytes;
  const tcp = hold.tcpOffset;
  const headerBytes = hold.headerBytes - tcp;
  view.setInt32(tcp + 8, skb.ack);
  view.setUint16(tcp + 14, skb.window);
  if (skb.hasTimestamp) view.setInt32(tcp + 28, skb.tsecr);
  view.setUint16(ip + 2, skb.ipLength);
  view.setUint16(ip + 10, 0);
  view.setUint16(ip + 10, complement(sum16(view, ip, tcp - ip)));
  view.setUint16(tcp + 16, 0);
  const sum =
    hold.datasum + sum16(view, tcp, headerBytes) + pseudoHeader4(view, ip, (skb.ipLength - 20) & 0xffff);
  view.setUint16(tcp + 16, complement(sum));
}
