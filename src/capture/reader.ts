/** Opens a capture of any supported format and hands out its records block by block. */
import type { Readable } from 'node:stream';
import type { ByteSource, Compression } from './byte-source.ts';
import type { Core } from './core.ts';
import { CaptureError, type CaptureFault, readingFault } from './errors.ts';
import type { Later } from './later.ts';
import { createPcapScanner, isPcapMagic, PCAP_HEADER_BYTES, parsePcapHeader } from './pcap.ts';
import { createPcapngScanner, SECTION_HEADER, SECTION_HEADER_BYTES } from './pcapng.ts';
import type { RecordBlock } from './record-block.ts';
import { CUT_ADVICE, FAULT, FULL, type ReadingNotes, type Scanner } from './scanner.ts';
import { openSource } from './source.ts';
import { createWindow, fill, resetWindow, startReadingAhead, unreadBytes } from './window.ts';

export interface CaptureReader {
  readonly file: string;
  readonly compression: Compression;
  readonly scanner: Scanner;
  readonly source: ByteSource;
  notes(): ReadingNotes;
  /** What ended the reading early; null if the file was read to its end, or is still being read. */
  fault(): CaptureFault | null;
  /** Fills `block`; false at the end. Never throws: what goes wrong is in `fault`. */
  next(block: RecordBlock): Later<boolean>;
  /** Whether another block may be read without losing the possibility to `restart`. */
  canReadOnAndRestart(): boolean;
  /** From the first record again. Once. */
  restart(): Promise<void>;
  /** Says that there will be no restart, which frees memory and lets the file be read ahead. */
  commit(): void;
  close(): void;
}

export interface ReaderOptions {
  /** Trailing FCS bytes of every frame; null: as the file says. */
  readonly fcsBytes: number | null;
  readonly stdin: () => Readable;
  /** For blocks whose columns lie in it. */
  readonly core?: Core | null;
  /** After `commit`. */
  readonly readAhead?: boolean;
}

/** Throws a CaptureError where nothing at all can be read. `path` `-` is stdin. */
export async function openCapture(path: string, options: ReaderOptions): Promise<CaptureReader> {
  const source = await openSource(path, options.stdin);
  const file = path === '-' ? 'stdin' : path;
  const window = createWindow(options.core);
  let fault: CaptureFault | null = null;
  const scanner = await start();
  let ended = false;

  async function start(): Promise<Scanner> {
    try {
      const created = await readHeader();
      window.position += created.headerBytes;
      return created;
    } catch (error) {
      source.close();
      throw error;
    }
  }

  async function readHeader(): Promise<Scanner> {
    const fail = (kind: CaptureFault['kind'], found: string, advice: string): never => {
      const offset = unreadBytes(window) === 0 ? null : 0;
      throw new CaptureError({ kind, file, offset, packet: null, found, advice });
    };
    try {
      await fill(window, source, SECTION_HEADER_BYTES);
    } catch (cause) {
      const { kind, found } = readingFault(cause as Error);
      if (unreadBytes(window) === 0) fail(kind, found, 'Check the file');
    }
    const { view, position } = window;
    const there = unreadBytes(window);
    if (there === 0) fail('empty', 'the file is empty', 'Record something first');
    const isPcapng = there >= 4 && view.getUint32(position) === SECTION_HEADER;
    const isPcap = there >= 4 && isPcapMagic(view, position);
    if (!isPcapng && !isPcap) {
      const advice = 'Give a capture written by tcpdump, dumpcap or Wireshark';
      return fail('not-a-capture', 'not a pcap or pcapng file', advice);
    }
    if (there < (isPcapng ? SECTION_HEADER_BYTES : PCAP_HEADER_BYTES))
      return fail('cut', `the file ends after ${there} bytes, inside its header`, 'Get the whole file');
    if (isPcapng) return createPcapngScanner(options.fcsBytes);
    return createPcapScanner(parsePcapHeader(view, position), options.fcsBytes);
  }

  function stop(found: Omit<CaptureFault, 'file'>): void {
    fault = { file, ...found };
    ended = true;
  }

  function next(block: RecordBlock): Later<boolean> {
    block.count = 0;
    block.firstRecord = scanner.notes.packets;
    while (!ended) {
      const needed = scanner.scan(window, block);
      if (needed === FAULT) {
        const found = scanner.fault();
        if (found !== null) stop(found);
      }
      if (needed <= FULL || block.count > 0) break;
      const pending = refill(needed);
      if (pending !== undefined) return pending.then(() => next(block));
    }
    block.bytes = window.bytes;
    block.view = window.view;
    return block.count > 0;
  }

  /** Reads on, or notes why there is nothing more; a promise if that takes time. */
  function refill(needed: number): undefined | Promise<void> {
    const offset = window.startOffset + window.position;
    const failed = (cause: unknown): void => {
      const { kind, found } = readingFault(cause as Error);
      stop({ kind, offset, packet: scanner.notes.packets, found, advice: CUT_ADVICE });
    };
    const filled = (whole: boolean): void => {
      if (!whole) finish(needed, offset);
    };
    try {
      const result = fill(window, source, needed);
      if (typeof result !== 'boolean') return result.then(filled, failed);
      filled(result);
    } catch (cause) {
      failed(cause);
    }
    return undefined;
  }

  function finish(needed: number, offset: number): void {
    const unread = unreadBytes(window);
    ended = true;
    if (unread === 0 && needed !== 1) return;
    const found = `the file ends inside a record: ${needed} bytes needed, ${unread} there`;
    stop({ kind: 'cut', offset, packet: scanner.notes.packets, found, advice: CUT_ADVICE });
  }

  return {
    file,
    compression: source.compression,
    scanner,
    notes: () => scanner.notes,
    fault: () => fault,
    source,
    next,
    canReadOnAndRestart: () => window.startOffset + window.end < source.rewindLimitBytes,
    async restart() {
      await source.rewind();
      resetWindow(window);
      fault = null;
      ended = false;
      scanner.restart();
      await fill(window, source, scanner.headerBytes);
      window.position += scanner.headerBytes;
    },
    commit() {
      source.forget();
      if (options.readAhead === true) startReadingAhead(window, source);
    },
    close: () => source.close(),
  };
}

/** Whether a file begins like a capture, compressed or not. Files that cannot be read do not. */
export async function isCaptureFile(path: string, stdin: () => Readable): Promise<boolean> {
  let source: ByteSource;
  try {
    source = await openSource(path, stdin);
  } catch {
    return false;
  }
  const window = createWindow();
  try {
    if (!(await fill(window, source, 4))) return false;
    const { view, position } = window;
    return view.getUint32(position) === SECTION_HEADER || isPcapMagic(view, position);
  } catch {
    return false;
  } finally {
    source.close();
  }
}
