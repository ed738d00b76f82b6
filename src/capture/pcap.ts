/**
 * Classic pcap: both byte orders, microseconds and nanoseconds, and the modified format (0xa1b2cd34)
 * whose record headers are 8 bytes longer. Layout: draft-ietf-opsawg-pcap.
 */
import { DIRECTION, type RecordBlock } from './record-block.ts';
import { CORRUPT_ADVICE, FAULT, FULL, MAX_PACKET_BYTES, type ScanFault, type Scanner } from './scanner.ts';
import type { Window } from './window.ts';

export const PCAP_HEADER_BYTES = 24;

interface PcapHeader {
  readonly littleEndian: boolean;
  readonly nsPerTick: 1 | 1000;
  readonly recordHeaderBytes: 16 | 24;
  readonly linkType: number;
  readonly fcsBytes: number;
}

/** The header's meaning; null if these bytes are no pcap file. Needs 24 bytes. */
export function parsePcapHeader(view: DataView, at: number): PcapHeader | null {
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(at, littleEndian);
    if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d && magic !== 0xa1b2cd34) continue;
    const network = view.getUint32(at + 20, littleEndian);
    // The upper bits may hold the FCS length in 16-bit words, valid where the "F" bit (0x04000000) is set.
    const hasFcs = (network & 0x04000000) !== 0;
    return {
      littleEndian,
      nsPerTick: magic === 0xa1b23c4d ? 1 : 1000,
      recordHeaderBytes: magic === 0xa1b2cd34 ? 24 : 16,
      linkType: network & 0xffff,
      fcsBytes: hasFcs ? (network >>> 28) * 2 : 0,
    };
  }
  return null;
}

/** A scanner for the records after the file header. `fcsBytes` overrides the file's own FCS length. */
export function createPcapScanner(header: PcapHeader, fcsBytes: number | null): Scanner {
  const { littleEndian, nsPerTick, recordHeaderBytes, linkType } = header;
  const fcs = fcsBytes ?? header.fcsBytes;
  let started = false;
  let baseSeconds = 0;
  let baseNs = 0;
  let packets = 0;
  let capturedOverOriginal = 0;
  let fault: ScanFault | null = null;

  function scan(window: Window, block: RecordBlock): number {
    const { view, end } = window;
    const { timeNs, frameOffset, capturedBytes, wireBytes } = block;
    const first = block.count;
    const capacity = timeNs.length;
    let row = first;
    let at = window.position;
    let needed: number = FULL;
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
        fault = {
          kind: 'bad-length',
          offset: window.startOffset + at,
          packet: packets + row - first,
          found: `a record claims ${captured} captured bytes, more than the ${MAX_PACKET_BYTES} that a packet can have`,
          advice: CORRUPT_ADVICE,
        };
        needed = FAULT;
        break;
      }
      if (end - at < recordHeaderBytes + captured) {
        needed = recordHeaderBytes + captured;
        break;
      }
      if (!started) {
        started = true;
        baseSeconds = seconds;
        baseNs = ticks * nsPerTick;
      }
      timeNs[row] = (seconds - baseSeconds) * 1e9 + (ticks * nsPerTick - baseNs);
      frameOffset[row] = at + recordHeaderBytes;
      if (original < captured) capturedOverOriginal++;
      const wire = Math.max(Math.max(original, captured) - fcs, 0);
      wireBytes[row] = wire;
      capturedBytes[row] = Math.min(captured, wire);
      at += recordHeaderBytes + captured;
      row++;
    }
    window.position = at;
    block.linkType.fill(linkType, first, row);
    block.direction.fill(DIRECTION.UNKNOWN, first, row);
    block.count = row;
    packets += row - first;
    return needed;
  }

  return {
    format: 'pcap',
    linkTypes: new Set([linkType]),
    firstTimeNs: () => (started ? BigInt(baseSeconds) * 1_000_000_000n + BigInt(baseNs) : null),
    withoutTime: () => 0,
    capturedOverOriginal: () => capturedOverOriginal,
    scan,
    fault: () => fault,
  };
}
