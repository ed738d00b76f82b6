/**
 * Classic pcap: both byte orders, microseconds and nanoseconds, and the modified format (0xa1b2cd34)
 * whose record headers are 8 bytes longer. Layout: draft-ietf-opsawg-pcap.
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
import type { Window } from './window.ts';

export const PCAP_HEADER_BYTES = 24;

/** No number of bytes, FULL or FAULT. */
const UNDECIDED = -2;

interface PcapHeader {
  readonly littleEndian: boolean;
  readonly nsPerTick: 1 | 1000;
  readonly recordHeaderBytes: 16 | 24;
  readonly linkType: number;
  readonly fcsBytes: number;
}

const MAGIC = { MICROSECONDS: 0xa1b2c3d4, NANOSECONDS: 0xa1b23c4d, MODIFIED: 0xa1b2cd34 } as const;

function isMagic(magic: number): boolean {
  return magic === MAGIC.MICROSECONDS || magic === MAGIC.NANOSECONDS || magic === MAGIC.MODIFIED;
}

/** Whether four bytes at `at` begin a pcap file of either byte order. */
export function isPcapMagic(view: DataView, at: number): boolean {
  return isMagic(view.getUint32(at, true)) || isMagic(view.getUint32(at, false));
}

/** The meaning of the 24 header bytes at `at`, which begin with a pcap magic. */
export function parsePcapHeader(view: DataView, at: number): PcapHeader {
  const littleEndian = isMagic(view.getUint32(at, true));
  const magic = view.getUint32(at, littleEndian);
  const network = view.getUint32(at + 20, littleEndian);
  // The upper bits may hold the FCS length in 16-bit words, valid where the "F" bit (0x04000000) is set.
  const hasFcs = (network & 0x04000000) !== 0;
  return {
    littleEndian,
    nsPerTick: magic === MAGIC.NANOSECONDS ? 1 : 1000,
    recordHeaderBytes: magic === MAGIC.MODIFIED ? 24 : 16,
    linkType: network & 0xffff,
    fcsBytes: hasFcs ? (network >>> 28) * 2 : 0,
  };
}

/** A scanner for the records after the file header. `fcsBytes` overrides the file's own FCS length. */
export function createPcapScanner(header: PcapHeader, fcsBytes: number | null): Scanner {
  const { littleEndian, nsPerTick, recordHeaderBytes, linkType } = header;
  const fcs = fcsBytes ?? header.fcsBytes;
  const known = isKnownLinkType(linkType);
  /** What the core can scan. */
  const usual = littleEndian && fcs === 0;
  const notes = emptyNotes();
  let started = false;
  /** Seconds and ns of the first packet. In a typed array, so that times are doubles from the first one on: a
   * compiler that has seen only small times compiles the loop for them, and again when they grow. */
  const base = new Float64Array(2);
  let fault: ScanFault | null = null;

  function refuse(offset: number, packet: number, captured: number): void {
    fault = {
      kind: 'bad-length',
      offset,
      packet,
      found: `a record claims ${captured} captured bytes, more than the ${MAX_PACKET_BYTES} that a packet can have`,
      advice: CORRUPT_ADVICE,
    };
  }

  /** What is noted block by block, apart from the loop, which its large sums would have compiled again. */
  function finishBlock(
    block: RecordBlock,
    first: number,
    bytes: number,
    truncated: number,
    shortest: number,
  ): void {
    const { count } = block;
    if (count === first) return;
    block.linkType.fill(linkType, first, count);
    block.direction.fill(DIRECTION.UNKNOWN, first, count);
    notes.packets += count - first;
    notes.wireBytes += bytes;
    notes.lastTimeNs = block.timeNs[count - 1]!;
    notes.truncatedPackets += truncated;
    if (truncated > 0) notes.shortestTruncationBytes = Math.min(notes.shortestTruncationBytes, shortest);
    if (!known) notes.unknownLinkPackets += count - first;
  }

  function scan(window: Window, block: RecordBlock): number {
    const needed = usual ? scanUsual(window, block) : UNDECIDED;
    return needed === UNDECIDED ? scanRows(window, block) : needed;
  }

  /** Lets the core take records; UNDECIDED where it stops at one that `scanRows` must look at. */
  function scanUsual(window: Window, block: RecordBlock): number {
    const { view, end } = window;
    const { core, timeNs, count } = block;
    if (core === null || core.buffer !== view.buffer) return UNDECIDED;
    if (!started && !startAt(view, window.position, end)) return UNDECIDED;
    const { kernels, results } = core;
    const at = window.position;
    const capacity = timeNs.length;
    block.count = kernels.scanPcap(
      at,
      end,
      count,
      capacity,
      recordHeaderBytes,
      base[0]!,
      base[1]!,
      nsPerTick,
    );
    window.position = results[0]!;
    finishBlock(block, count, results[1]!, results[2]!, results[3]!);
    return block.count === capacity ? FULL : missingBytes(view, window.position, end);
  }

  /** Bytes that a record at `at` needs if it is cut off there; UNDECIDED if that is not what is wrong with it. */
  function missingBytes(view: DataView, at: number, end: number): number {
    if (end - at < recordHeaderBytes) return recordHeaderBytes;
    const captured = view.getUint32(at + 8, littleEndian);
    const whole = recordHeaderBytes + captured;
    return captured <= MAX_PACKET_BYTES && end - at < whole ? whole : UNDECIDED;
  }

  /** Times count from the record at `at`, if it is a whole one. */
  function startAt(view: DataView, at: number, end: number): boolean {
    if (missingBytes(view, at, end) !== UNDECIDED) return false;
    if (view.getUint32(at + 8, littleEndian) > MAX_PACKET_BYTES) return false;
    started = true;
    base[0] = view.getUint32(at, littleEndian);
    base[1] = view.getUint32(at + 4, littleEndian) * nsPerTick;
    return true;
  }

  function scanRows(window: Window, block: RecordBlock): number {
    const { view, end } = window;
    const { timeNs, frameOffset, capturedBytes, wireBytes } = block;
    const first = block.count;
    const capacity = timeNs.length;
    let row = first;
    let at = window.position;
    let needed: number = FULL;
    let bytes = 0;
    let truncated = 0;
    let shortest = MAX_PACKET_BYTES;
    while (row < capacity) {
      if (end - at < recordHeaderBytes) {
        needed = recordHeaderBytes;
        break;
      }
      const seconds = view.getUint32(at, littleEndian);
      const ticks = view.getUint32(at + 4, littleEndian);
      const captured = view.getUint32(at + 8, littleEndian);
      const original = view.getUint32(at + 12, littleEndian);
      if (captured > MAX_PACKET_BYTES) {
        refuse(window.startOffset + at, notes.packets + row - first, captured);
        needed = FAULT;
        break;
      }
      if (end - at < recordHeaderBytes + captured) {
        needed = recordHeaderBytes + captured;
        break;
      }
      if (!started) {
        started = true;
        base[0] = seconds;
        base[1] = ticks * nsPerTick;
      }
      const ns = (seconds - base[0]!) * 1e9 + (ticks * nsPerTick - base[1]!);
      timeNs[row] = ns;
      frameOffset[row] = at + recordHeaderBytes;
      if (original < captured) notes.capturedOverOriginal++;
      const wire = Math.min(Math.max(Math.max(original, captured) - fcs, 0), MAX_WIRE_BYTES);
      wireBytes[row] = wire;
      if (captured < wire) {
        truncated++;
        if (captured < shortest) shortest = captured;
        capturedBytes[row] = captured;
      } else capturedBytes[row] = wire;
      bytes += wire;
      at += recordHeaderBytes + captured;
      row++;
    }
    window.position = at;
    block.count = row;
    finishBlock(block, first, bytes, truncated, shortest);
    return needed;
  }

  return {
    format: 'pcap',
    headerBytes: PCAP_HEADER_BYTES,
    linkTypes: new Set([linkType]),
    notes,
    firstTimeNs: () => (started ? BigInt(base[0]!) * 1_000_000_000n + BigInt(base[1]!) : null),
    scan,
    fault: () => fault,
    restart() {
      started = false;
      fault = null;
      Object.assign(notes, emptyNotes());
    },
  };
}
