/** Opens a capture of any supported format and hands out its records block by block. */
import type { Readable } from 'node:stream';
import type { ByteSource, Compression } from './byte-source.ts';
import { CaptureError, type CaptureFault } from './errors.ts';
import { isKnownLinkType } from './link-types.ts';
import { createPcapScanner, PCAP_HEADER_BYTES, parsePcapHeader } from './pcap.ts';
import { createPcapngScanner, SECTION_HEADER } from './pcapng.ts';
import type { RecordBlock } from './record-block.ts';
import { CUT_ADVICE, FAULT, FULL, type Scanner } from './scanner.ts';
import { openSource } from './source.ts';
import { createWindow, fill, resetWindow } from './window.ts';

/** What was noticed while reading; grows with every block. */
export interface ReadingNotes {
  packets: number;
  wireBytes: number;
  /** Records of which fewer bytes were captured than were on the wire. */
  truncatedPackets: number;
  /** The shortest capture among the truncated records; Infinity without any. */
  shortestTruncationBytes: number;
  lastTimeNs: number;
  timeBackwards: number;
  firstBackwardsPacket: number;
  /** Records of a link type that the decoder does not know. */
  unknownLinkPackets: number;
  /** What ended the reading early; null if the file was read to its end. */
  fault: CaptureFault | null;
}

export interface CaptureReader {
  readonly file: string;
  readonly compression: Compression;
  readonly scanner: Scanner;
  readonly source: ByteSource;
  readonly notes: ReadingNotes;
  /** Fills `block`; false at the end. Never throws: what goes wrong is in `notes.fault`. */
  next(block: RecordBlock): Promise<boolean>;
  /** Whether another block may be read without losing the possibility to `restart`. */
  canReadOnAndRestart(): boolean;
  /** From the first record again. Once. */
  restart(): Promise<void>;
  /** Says that there will be no restart, which frees memory. */
  commit(): void;
  close(): void;
}

export interface ReaderOptions {
  /** Trailing FCS bytes of every frame; null: as the file says. */
  readonly fcsBytes: number | null;
  readonly stdin: () => Readable;
}

/** Throws a CaptureError where nothing at all can be read. `path` `-` is stdin. */
export async function openCapture(path: string, options: ReaderOptions): Promise<CaptureReader> {
  const source = await openSource(path, options.stdin);
  const file = path === '-' ? 'stdin' : path;
  const window = createWindow();
  let notes = emptyNotes();
  let scanner = await start();
  let ended = false;

  async function start(): Promise<Scanner> {
    try {
      return await readHeader();
    } catch (error) {
      source.close();
      throw error;
    }
  }

  async function readHeader(): Promise<Scanner> {
    const fail = (kind: CaptureFault['kind'], found: string, advice: string): never => {
      throw new CaptureError({
        kind,
        file,
        offset: window.end === 0 ? null : 0,
        packet: null,
        found,
        advice,
      });
    };
    const rest = await fill(window, source, PCAP_HEADER_BYTES).catch((cause: Error) =>
      window.end > 0 ? false : fail('bad-compression', compressionFault(cause), 'Check the file'),
    );
    if (window.end === 0) fail('empty', 'the file is empty', 'Record something first');
    const isPcapng = window.end >= 4 && window.view.getUint32(0, true) === SECTION_HEADER;
    if (isPcapng) return createPcapngScanner(options.fcsBytes);
    const header = window.end >= 4 ? parsePcapHeader(window.view, 0) : null;
    if (header === null) {
      return fail(
        'not-a-capture',
        'not a pcap or pcapng file',
        'Give a capture written by tcpdump, dumpcap or Wireshark',
      );
    }
    if (!rest)
      return fail('cut', `the file ends after ${window.end} bytes, inside its header`, 'Get the whole file');
    window.position = PCAP_HEADER_BYTES;
    return createPcapScanner(header, options.fcsBytes);
  }

  function stop(fault: Omit<CaptureFault, 'file'>): void {
    notes.fault = { file, ...fault };
    ended = true;
  }

  async function next(block: RecordBlock): Promise<boolean> {
    block.count = 0;
    block.firstRecord = notes.packets;
    while (!ended) {
      const needed = scanner.scan(window, block);
      if (needed === FAULT) {
        const fault = scanner.fault();
        if (fault !== null) stop(fault);
      }
      if (needed <= FULL || block.count > 0) break;
      await refill(needed);
    }
    block.bytes = window.bytes;
    block.view = window.view;
    note(notes, block);
    return block.count > 0;
  }

  async function refill(needed: number): Promise<void> {
    const offset = window.startOffset + window.position;
    try {
      if (await fill(window, source, needed)) return;
    } catch (cause) {
      const found = compressionFault(cause as Error);
      stop({ kind: 'bad-compression', offset, packet: notes.packets, found, advice: CUT_ADVICE });
      return;
    }
    const unread = window.end - window.position;
    ended = true;
    if (unread === 0 && needed !== 1) return;
    const found = `the file ends inside a record: ${needed} bytes needed, ${unread} there`;
    stop({ kind: 'cut', offset, packet: notes.packets, found, advice: CUT_ADVICE });
  }

  return {
    file,
    compression: source.compression,
    get scanner() {
      return scanner;
    },
    get notes() {
      return notes;
    },
    source,
    next,
    canReadOnAndRestart: () => window.startOffset + window.end < source.rewindLimitBytes,
    async restart() {
      source.rewind();
      resetWindow(window);
      notes = emptyNotes();
      ended = false;
      scanner = await start();
    },
    commit: () => source.forget(),
    close: () => source.close(),
  };
}

function compressionFault(cause: Error): string {
  return /unexpected end/.test(cause.message)
    ? 'the compressed data ends too early'
    : `the compressed data is damaged (${cause.message})`;
}

function emptyNotes(): ReadingNotes {
  return {
    packets: 0,
    wireBytes: 0,
    truncatedPackets: 0,
    shortestTruncationBytes: Number.POSITIVE_INFINITY,
    lastTimeNs: 0,
    timeBackwards: 0,
    firstBackwardsPacket: -1,
    unknownLinkPackets: 0,
    fault: null,
  };
}

function note(notes: ReadingNotes, block: RecordBlock): void {
  const { count, timeNs, capturedBytes, wireBytes, linkType } = block;
  let bytes = 0;
  let truncated = 0;
  let last = notes.lastTimeNs;
  let link = -1;
  let known = true;
  for (let row = 0; row < count; row++) {
    const wire = wireBytes[row]!;
    bytes += wire;
    if (capturedBytes[row]! < wire) {
      truncated++;
      if (capturedBytes[row]! < notes.shortestTruncationBytes)
        notes.shortestTruncationBytes = capturedBytes[row]!;
    }
    const time = timeNs[row]!;
    if (time < last) {
      if (notes.timeBackwards === 0) notes.firstBackwardsPacket = notes.packets + row;
      notes.timeBackwards++;
    }
    last = time;
    if (linkType[row] !== link) {
      link = linkType[row]!;
      known = isKnownLinkType(link);
    }
    if (!known) notes.unknownLinkPackets++;
  }
  notes.packets += count;
  notes.wireBytes += bytes;
  notes.truncatedPackets += truncated;
  notes.lastTimeNs = last;
}
