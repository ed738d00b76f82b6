import type { CaptureFault } from './errors.ts';
import type { RecordBlock } from './record-block.ts';
import type { Window } from './window.ts';

/** What the scanner noticed; grows with every block. */
export interface ReadingNotes {
  packets: number;
  wireBytes: number;
  /** Records of which fewer bytes were captured than were on the wire. */
  truncatedPackets: number;
  /** The shortest capture among the truncated records; Infinity without any. */
  shortestTruncationBytes: number;
  lastTimeNs: number;
  /** Records of a link type that the decoder does not know. */
  unknownLinkPackets: number;
  /** Records that had no time stamp of their own. */
  withoutTime: number;
  /** Records that claim more captured bytes than were on the wire; the captured ones are believed. */
  capturedOverOriginal: number;
}

export function emptyNotes(): ReadingNotes {
  return {
    packets: 0,
    wireBytes: 0,
    truncatedPackets: 0,
    shortestTruncationBytes: Number.POSITIVE_INFINITY,
    lastTimeNs: 0,
    unknownLinkPackets: 0,
    withoutTime: 0,
    capturedOverOriginal: 0,
  };
}

/** Parses records of one file format out of a window into the rows of a block. */
export interface Scanner {
  readonly format: 'pcap' | 'pcapng';
  /** Bytes before the first record or block. */
  readonly headerBytes: number;
  /** Absolute time of the first packet, ns since 1970; null before it. */
  firstTimeNs(): bigint | null;
  /** Link types seen so far. */
  readonly linkTypes: Set<number>;
  readonly notes: ReadingNotes;
  /**
   * Adds rows until the block is full (returns FULL), the window has no whole record left (returns the
   * number of unread bytes it needs), or the file is wrong (returns FAULT, see `fault`).
   */
  scan(window: Window, block: RecordBlock): number;
  fault(): ScanFault | null;
  /** Forgets all it has seen: the file is read from its first record again. */
  restart(): void;
}

export type ScanFault = Pick<CaptureFault, 'kind' | 'offset' | 'packet' | 'found' | 'advice'>;

export const FULL = 0;
export const FAULT = -1;

/** The largest packet that any capture tool writes for the link types supported (libpcap's own limit). */
export const MAX_PACKET_BYTES = 262_144;

/** Lengths on the wire are cut off here: the columns hold 32-bit numbers with a sign, and no frame is longer. */
export const MAX_WIRE_BYTES = 0x7fffffff;

export const CUT_ADVICE = 'What stands before it was read; get the whole file for the rest';
export const CORRUPT_ADVICE = 'The file is damaged from here on; what stands before it was read';
