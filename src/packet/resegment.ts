/**
 * Splits super-packets into the segments that they were made of: a stage between decoding and replay, from a block of
 * packets to one or more blocks. Where nothing is to be split a block passes as it is. See docs/capture.md.
 */
import type { FlowTable } from './flows.ts';
import { createLinkSpread } from './link-spread.ts';
import { createSegmentEvidence, MSS_SOURCES, type MssSource } from './resegment-evidence.ts';
import {
  canSplit,
  createSuperPacket,
  openSuperPacket,
  segmentCaptured,
  segmentPayload,
  writeSegment,
} from './super-packet.ts';
import { createSuperPacketFinder } from './super-packets.ts';
import { BLOCK_ROWS, createPacketTable, type PacketTable } from './table.ts';

export interface ResegmentOptions {
  /** Rate at which the segments of a super-packet arrive, Mbit/s. */
  readonly linkMbps: number;
  /** Longest IP packet of the wire, where the capture does not tell. */
  readonly mtu: number;
}

export interface ResegmentCounts {
  readonly superPackets: number;
  /** What they were split into. */
  readonly segments: number;
  /** Super-packets by where the segment size came from; only sources that were used. */
  readonly mssSources: readonly { readonly source: MssSource; readonly superPackets: number }[];
  /** Smallest and largest segment size used, bytes of payload; null where nothing was split. */
  readonly smallestMss: number | null;
  readonly largestMss: number | null;
  readonly linkMbps: number;
  /** The longest that a packet arrives after its time in the capture. */
  readonly largestDelayNs: number;
}

export interface Resegmenter {
  /** What consumers read. Its blocks have at most as many rows as those of the source, and bounded bytes. */
  readonly table: PacketTable;
  /** Learns from a block before the first pass, in which receivers are not known yet. */
  learn(source: PacketTable): void;
  /** The capture is read from its first record again. */
  restart(): void;
  /** Takes a block whose rows for the receiver are known; only these are split. */
  start(source: PacketTable): void;
  /** Fills `table` with the next part of the block; false when it is used up. */
  next(): boolean;
  counts(): ResegmentCounts;
}

/** Bytes of frames in a block with split packets; more only for a single frame that is longer. */
const ARENA_BYTES = 1 << 20;

export function createResegmenter(
  flows: FlowTable,
  options: ResegmentOptions,
  capacity: number = BLOCK_ROWS,
): Resegmenter {
  const recordOffset = new Int32Array(capacity);
  const table: PacketTable = { ...createPacketTable(capacity), recordOffset };
  const evidence = createSegmentEvidence(flows, options.mtu);
  const jumbos = createSuperPacketFinder();
  const link = createLinkSpread(options.linkMbps);
  const packet = createSuperPacket();
  let arena = new Uint8Array(0);
  let arenaView = new DataView(arena.buffer);
  let used = 0;

  let source = table;
  let pairs = columnPairs();
  /** Where the block goes on: row, index into its received rows, and segment of the open super-packet. */
  let row = 0;
  let nextReceived = 0;
  let segment = 0;
  let isSplit = false;
  let isDone = true;

  const sources = new Float64Array(MSS_SOURCES.length);
  const total = { superPackets: 0, segments: 0, smallest: Number.POSITIVE_INFINITY, largest: 0 };

  function learn(block: PacketTable): void {
    for (let i = 0; i < block.count; i++) block.rows[i] = i;
    block.received = block.count;
    jumbos.add(block);
    evidence.add(block);
  }

  function start(block: PacketTable): void {
    source = block;
    pairs = columnPairs();
    row = 0;
    nextReceived = 0;
    segment = 0;
    isDone = false;
    evidence.add(block);
    isSplit = false;
    for (let i = 0; i < block.received && !isSplit; i++) isSplit = canSplit(block, block.rows[i]!, evidence);
  }

  function next(): boolean {
    if (isDone) return false;
    table.firstRecord = source.firstRecord;
    if (isSplit) fillSplit();
    else passWhole();
    return table.count > 0;
  }

  function passWhole(): void {
    isDone = true;
    table.count = source.count;
    table.received = source.received;
    table.bytes = source.bytes;
    table.view = source.view;
    for (const [to, from] of pairs) to.set(from);
    table.rows.set(source.rows);
    for (let i = 0; i < source.count; i++) recordOffset[i] = i;
    const { rows, timeNs, wireBytes } = table;
    for (let i = 0; i < source.received; i++) {
      const at = rows[i]!;
      timeNs[at] = link.arrival(timeNs[at]!, wireBytes[at]!);
    }
  }

  /** Columns of both tables that a row of the source keeps. */
  function columnPairs() {
    const { timeNs, frameOffset, capturedBytes, wireBytes, linkType, direction, kind } = table;
    const { ipAt, tcpAt, ipLength, seq, tcpFlags, payloadBytes, flow } = table;
    return [
      [timeNs, source.timeNs],
      [frameOffset, source.frameOffset],
      [capturedBytes, source.capturedBytes],
      [wireBytes, source.wireBytes],
      [linkType, source.linkType],
      [direction, source.direction],
      [kind, source.kind],
      [ipAt, source.ipAt],
      [tcpAt, source.tcpAt],
      [ipLength, source.ipLength],
      [seq, source.seq],
      [tcpFlags, source.tcpFlags],
      [payloadBytes, source.payloadBytes],
      [flow, source.flow],
    ] as const;
  }

  /** Copies rows and writes segments until the table or its bytes are full, or the block is used up. */
  function fillSplit(): void {
    used = 0;
    table.count = 0;
    table.received = 0;
    makeRoom(ARENA_BYTES);
    table.bytes = arena;
    table.view = arenaView;
    for (; row < source.count; row++) {
      const isReceived = nextReceived < source.received && source.rows[nextReceived] === row;
      const fits =
        isReceived && (segment > 0 || canSplit(source, row, evidence)) ? addSegments() : copyRow(isReceived);
      if (!fits) return;
      if (isReceived) nextReceived++;
    }
    isDone = true;
  }

  function makeRoom(bytes: number): void {
    if (arena.length >= bytes) return;
    arena = new Uint8Array(bytes);
    arenaView = new DataView(arena.buffer);
  }

  /** Room for one more row with so many bytes. The first frame of a block always finds some. */
  function hasRoom(bytes: number): boolean {
    if (table.count === capacity) return false;
    if (used + bytes <= arena.length) return true;
    if (used > 0) return false;
    makeRoom(bytes);
    table.bytes = arena;
    table.view = arenaView;
    return true;
  }

  function copyRow(isReceived: boolean): boolean {
    const bytes = source.capturedBytes[row]!;
    if (!hasRoom(bytes)) return false;
    const to = table.count;
    const frame = source.frameOffset[row]!;
    arena.set(source.bytes.subarray(frame, frame + bytes), used);
    for (const [column, from] of pairs) column[to] = from[row]!;
    const shift = used - frame;
    table.frameOffset[to] = used;
    table.ipAt[to]! += shift;
    if (source.tcpAt[row] !== 0) table.tcpAt[to]! += shift;
    if (isReceived) table.timeNs[to] = link.arrival(source.timeNs[row]!, source.wireBytes[row]!);
    used += bytes;
    finishRow(isReceived);
    return true;
  }

  function addSegments(): boolean {
    if (segment === 0) openSuperPacket(packet, source, row, evidence);
    for (; segment < packet.segments; segment++) {
      const bytes = segmentCaptured(packet, segment);
      if (!hasRoom(bytes)) return false;
      if (segment === 0) countPacket();
      const to = table.count;
      writeSegment(packet, source, table, segment, used, to);
      const frameBytes = packet.headerBytes + segmentPayload(packet, segment);
      table.timeNs[to] = link.segmentArrival(source.timeNs[row]!, frameBytes, segment === 0);
      used += bytes;
      finishRow(true);
    }
    segment = 0;
    return true;
  }

  function countPacket(): void {
    total.superPackets++;
    total.segments += packet.segments;
    total.smallest = Math.min(total.smallest, packet.mss);
    total.largest = Math.max(total.largest, packet.mss);
    sources[MSS_SOURCES.indexOf(packet.mssSource)]! += 1;
  }

  function finishRow(isReceived: boolean): void {
    recordOffset[table.count] = row;
    if (isReceived) table.rows[table.received++] = table.count;
    table.count++;
  }

  return {
    table,
    learn,
    restart() {
      const { packets, wireMtu } = jumbos.report();
      if (packets === 0 && wireMtu > options.mtu) evidence.setWireMtu(wireMtu);
      evidence.restart();
    },
    start,
    next,
    counts: () => ({
      superPackets: total.superPackets,
      segments: total.segments,
      mssSources: MSS_SOURCES.map((name, i) => ({ source: name, superPackets: sources[i]! })).filter(
        (used) => used.superPackets > 0,
      ),
      smallestMss: total.superPackets === 0 ? null : total.smallest,
      largestMss: total.superPackets === 0 ? null : total.largest,
      linkMbps: options.linkMbps,
      largestDelayNs: Math.round(link.largestDelayNs()),
    }),
  };
}
