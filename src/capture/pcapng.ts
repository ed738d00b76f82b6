/**
 * pcapng: sections of either byte order, several interfaces with their own time units, enhanced, simple and
 * obsolete packet blocks; other blocks are skipped. Layout: draft-ietf-opsawg-pcapng.
 */
import { isKnownLinkType } from './link-types.ts';
import { DIRECTION, type RecordBlock } from './record-block.ts';
import {
  CORRUPT_ADVICE,
  emptyNotes,
  FAULT,
  FULL,
  MAX_PACKET_BYTES,
  MAX_WIRE_BYTES,
  type ScanFault,
  type Scanner,
} from './scanner.ts';
import { absoluteNs, createTickClock, type TickClock } from './time.ts';
import type { Window } from './window.ts';

export const SECTION_HEADER = 0x0a0d0d0a;
/** The shortest section header: without options. */
export const SECTION_HEADER_BYTES = 28;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BLOCK = { INTERFACE: 1, PACKET: 2, SIMPLE: 3, ENHANCED: 6 } as const;
const OPTION = { END: 0, FLAGS: 2, TSRESOL: 9, FCSLEN: 13, TSOFFSET: 14 } as const;

/** Packet blocks carry options besides the packet; blocks that claim more are damaged. */
const MAX_PACKET_BLOCK_BYTES = MAX_PACKET_BYTES + 65_536;
/** Blocks that are passed over may be large, but their padded length must stay a 32-bit number. */
const MAX_BLOCK_BYTES = 0x7ffffffc;
/** Section and interface headers are a few hundred bytes. */
const MAX_HEADER_BLOCK_BYTES = 16 * 1024 * 1024;

interface Interface {
  readonly linkType: number;
  readonly snaplen: number;
  readonly resolution: number;
  readonly offsetSeconds: bigint;
  readonly fcsBytes: number;
  /** Whether the decoder knows the link type. */
  readonly known: boolean;
  clock: TickClock | null;
}

export function createPcapngScanner(fcsOverride: number | null): Scanner {
  let littleEndian = true;
  let interfaces: Interface[] = [];
  const notes = emptyNotes();
  let fault: ScanFault | null = null;
  /** Bytes of a block without interest that are still to be passed over. */
  let skip = 0;
  let firstNs: bigint | null = null;
  const linkTypes = new Set<number>();

  function stop(window: Window, at: number, kind: ScanFault['kind'], found: string): number {
    fault = { kind, offset: window.startOffset + at, packet: notes.packets, found, advice: CORRUPT_ADVICE };
    return FAULT;
  }

  function scan(window: Window, block: RecordBlock): number {
    const capacity = block.timeNs.length;
    while (block.count < capacity) {
      if (skip === 0) scanRun(window, block);
      if (block.count === capacity) break;
      const needed = scanBlock(window, block);
      if (needed !== FULL) return needed;
    }
    return FULL;
  }

  /**
   * A run of usual packets: enhanced packet blocks without options, all of one interface that was used before and has
   * decimal time units. Ends before the first block that is anything else, which `scanBlock` then takes.
   */
  function scanRun(window: Window, block: RecordBlock): void {
    const { view, end } = window;
    const { timeNs, frameOffset, capturedBytes, wireBytes } = block;
    const capacity = timeNs.length;
    const first = block.count;
    let at = window.position;
    if (end - at < 32) return;
    const id = view.getUint32(at + 8, littleEndian);
    const source = interfaces[id];
    const clock = source?.clock?.linear ?? null;
    if (source === undefined || clock === null || source.fcsBytes > 0 || !source.known) return;
    const { baseHigh, baseLow, nsPerTick, restNs } = clock;
    let row = first;
    let bytes = 0;
    let truncated = 0;
    let shortest = MAX_PACKET_BYTES;
    // The kernel takes what the loop would; that finds nothing left, or the block at which both stop.
    if (littleEndian && block.core?.buffer === view.buffer) {
      const { kernels, results } = block.core;
      row = kernels.scanPcapng(at, end, row, capacity, id, baseHigh, baseLow, nsPerTick, restNs);
      at = results[0]!;
      bytes = results[1]!;
      truncated = results[2]!;
      shortest = results[3]!;
    }
    while (row < capacity && end - at >= 32) {
      if (view.getUint32(at, littleEndian) !== BLOCK.ENHANCED || view.getUint32(at + 8, littleEndian) !== id)
        break;
      const captured = view.getUint32(at + 20, littleEndian);
      const original = view.getUint32(at + 24, littleEndian);
      if (captured > MAX_PACKET_BYTES || original < captured || original > MAX_WIRE_BYTES) break;
      const length = 32 + ((captured + 3) & ~3);
      if (view.getUint32(at + 4, littleEndian) !== length || end - at < length) break;
      if (view.getUint32(at + length - 4, littleEndian) !== length) break;
      const high = view.getUint32(at + 12, littleEndian) - baseHigh;
      const low = view.getUint32(at + 16, littleEndian) - baseLow;
      timeNs[row] = (high * 0x100000000 + low) * nsPerTick - restNs;
      frameOffset[row] = at + 28;
      wireBytes[row] = original;
      capturedBytes[row] = captured;
      if (captured < original) {
        truncated++;
        if (captured < shortest) shortest = captured;
      }
      bytes += original;
      at += length;
      row++;
    }
    window.position = at;
    block.count = row;
    block.linkType.fill(source.linkType, first, row);
    block.direction.fill(DIRECTION.UNKNOWN, first, row);
    if (row > first) noteRun(block, row - first, bytes, truncated, shortest);
  }

  function noteRun(
    block: RecordBlock,
    packets: number,
    bytes: number,
    truncated: number,
    shortest: number,
  ): void {
    notes.packets += packets;
    notes.wireBytes += bytes;
    notes.lastTimeNs = block.timeNs[block.count - 1]!;
    notes.truncatedPackets += truncated;
    if (truncated > 0) notes.shortestTruncationBytes = Math.min(notes.shortestTruncationBytes, shortest);
  }

  /** One block of the file; FULL means "taken, go on". */
  function scanBlock(window: Window, block: RecordBlock): number {
    const { view, end } = window;
    const at = window.position;
    if (skip > 0) {
      const part = Math.min(skip, end - at);
      window.position += part;
      skip -= part;
      return skip > 0 ? 1 : FULL;
    }
    if (end - at < 12) return 12;
    const type = view.getUint32(at, littleEndian);
    if (type === SECTION_HEADER) {
      const magic = view.getUint32(at + 8, true);
      if (magic === BYTE_ORDER_MAGIC) littleEndian = true;
      else if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) littleEndian = false;
      else return stop(window, at, 'bad-block', 'a section header without the byte-order magic');
    }
    const length = view.getUint32(at + 4, littleEndian);
    // Some writers leave out the padding in the length; readers round it up.
    const padded = (length + 3) & ~3;
    if (length < 12 || length > MAX_BLOCK_BYTES) {
      return stop(window, at, 'bad-length', `a block of type ${type} claims a length of ${length} bytes`);
    }
    const isPacket = type === BLOCK.ENHANCED || type === BLOCK.SIMPLE || type === BLOCK.PACKET;
    if (!isPacket && type !== SECTION_HEADER && type !== BLOCK.INTERFACE) {
      skip = padded;
      return FULL;
    }
    if (length > (isPacket ? MAX_PACKET_BLOCK_BYTES : MAX_HEADER_BLOCK_BYTES)) {
      return stop(window, at, 'bad-length', `a block of type ${type} claims a length of ${length} bytes`);
    }
    if (end - at < padded) return padded;
    const trailer = view.getUint32(at + padded - 4, littleEndian);
    if (trailer !== length) {
      const found = `a block's two lengths differ (${length} and ${trailer})`;
      return stop(window, at, 'bad-length', found);
    }
    const result = isPacket
      ? packetBlock(window, block, at, type, at + padded - 4)
      : headerBlock(window, at, type, at + padded - 4);
    if (result === FULL) window.position = at + padded;
    return result;
  }

  function headerBlock(window: Window, at: number, type: number, bodyEnd: number): number {
    if (type === SECTION_HEADER) {
      if (bodyEnd - at < SECTION_HEADER_BYTES - 4)
        return stop(window, at, 'bad-length', 'a section header that is too short');
      interfaces = [];
      return FULL;
    }
    if (bodyEnd - at < 16)
      return stop(window, at, 'bad-length', 'an interface description that is too short');
    const { view } = window;
    let resolution = 6;
    let offsetSeconds = 0n;
    let fcsBytes = 0;
    for (let option = at + 16; option + 4 <= bodyEnd; ) {
      const code = view.getUint16(option, littleEndian);
      const size = view.getUint16(option + 2, littleEndian);
      const value = option + 4;
      if (code === OPTION.END || value + size > bodyEnd) break;
      if (code === OPTION.TSRESOL && size === 1) resolution = view.getUint8(value);
      if (code === OPTION.TSOFFSET && size === 8) offsetSeconds = view.getBigInt64(value, littleEndian);
      if (code === OPTION.FCSLEN && size === 1) fcsBytes = fcsBytesOf(view.getUint8(value));
      option = value + ((size + 3) & ~3);
    }
    const linkType = view.getUint16(at + 8, littleEndian);
    const snaplen = view.getUint32(at + 12, littleEndian);
    const fcs = fcsOverride ?? fcsBytes;
    const known = isKnownLinkType(linkType);
    interfaces.push({ linkType, snaplen, resolution, offsetSeconds, fcsBytes: fcs, known, clock: null });
    linkTypes.add(linkType);
    return FULL;
  }

  function packetBlock(
    window: Window,
    block: RecordBlock,
    at: number,
    type: number,
    bodyEnd: number,
  ): number {
    const { view } = window;
    const simple = type === BLOCK.SIMPLE;
    const frame = at + (simple ? 12 : 28);
    if (frame > bodyEnd)
      return stop(window, at, 'bad-length', 'a packet block that is too short for its header');
    let id = 0;
    if (type === BLOCK.ENHANCED) id = view.getUint32(at + 8, littleEndian);
    else if (type === BLOCK.PACKET) id = view.getUint16(at + 8, littleEndian);
    const source = interfaces[id];
    if (source === undefined) {
      const found = `a packet of interface ${id}, but its section describes ${interfaces.length} interfaces`;
      return stop(window, at, 'bad-interface', found);
    }
    const original = view.getUint32(simple ? at + 8 : at + 24, littleEndian);
    let captured = simple ? original : view.getUint32(at + 20, littleEndian);
    if (simple) {
      if (source.snaplen > 0 && captured > source.snaplen) captured = source.snaplen;
      if (captured > bodyEnd - frame) captured = bodyEnd - frame;
    }
    if (captured > bodyEnd - frame || captured > MAX_PACKET_BYTES) {
      const found = `a packet claims ${captured} captured bytes in a block that has ${bodyEnd - frame}`;
      return stop(window, at, 'bad-length', found);
    }

    const row = block.count;
    let ns = notes.lastTimeNs;
    if (simple) notes.withoutTime++;
    else {
      const high = view.getUint32(at + 12, littleEndian);
      const low = view.getUint32(at + 16, littleEndian);
      if (source.clock === null) {
        if (firstNs === null) firstNs = absoluteNs(high, low, source.resolution, source.offsetSeconds);
        source.clock = createTickClock(source.resolution, source.offsetSeconds, firstNs);
      }
      ns = source.clock.toNs(high, low);
    }
    block.timeNs[row] = ns;
    block.frameOffset[row] = frame;
    const wire = Math.min(Math.max(Math.max(original, captured) - source.fcsBytes, 0), MAX_WIRE_BYTES);
    block.wireBytes[row] = wire;
    block.capturedBytes[row] = Math.min(captured, wire);
    block.linkType[row] = source.linkType;
    const options = frame + ((captured + 3) & ~3);
    block.direction[row] =
      simple || options + 4 > bodyEnd ? DIRECTION.UNKNOWN : directionOf(view, options, bodyEnd, littleEndian);
    block.count = row + 1;
    note(ns, wire, captured, original < captured, source.known);
    return FULL;
  }

  function note(ns: number, wire: number, captured: number, overOriginal: boolean, known: boolean): void {
    notes.lastTimeNs = ns;
    notes.packets++;
    notes.wireBytes += wire;
    if (overOriginal) notes.capturedOverOriginal++;
    if (!known) notes.unknownLinkPackets++;
    if (captured < wire) {
      notes.truncatedPackets++;
      if (captured < notes.shortestTruncationBytes) notes.shortestTruncationBytes = captured;
    }
  }

  return {
    format: 'pcapng',
    headerBytes: 0,
    linkTypes,
    notes,
    firstTimeNs: () => firstNs,
    scan,
    fault: () => fault,
    restart() {
      interfaces = [];
      fault = null;
      skip = 0;
      firstNs = null;
      linkTypes.clear();
      Object.assign(notes, emptyNotes());
    },
  };
}

/** The draft counts if_fcslen in bits; its own example and the writers in use count bytes. No FCS has 16 of them. */
function fcsBytesOf(fcsLength: number): number {
  return fcsLength < 16 ? fcsLength : fcsLength >> 3;
}

/** Bits 0–1 of epb_flags: 1 inbound, 2 outbound. */
function directionOf(view: DataView, from: number, end: number, littleEndian: boolean): number {
  for (let option = from; option + 4 <= end; ) {
    const code = view.getUint16(option, littleEndian);
    const size = view.getUint16(option + 2, littleEndian);
    if (code === OPTION.END) break;
    if (code === OPTION.FLAGS && size === 4 && option + 8 <= end) {
      const direction = view.getUint32(option + 4, littleEndian) & 3;
      return direction === 1 ? DIRECTION.INBOUND : direction === 2 ? DIRECTION.OUTBOUND : DIRECTION.UNKNOWN;
    }
    option += 4 + ((size + 3) & ~3);
  }
  return DIRECTION.UNKNOWN;
}
