/**
 * A sliding window over a byte source: one reused buffer in which records are parsed in place.
 *
 * Chunks are read to a page-aligned place from page-aligned file offsets, and the record that a chunk cuts is
 * moved to just before it. This matters: where source and destination differ by a few bytes modulo the page
 * size, the processor takes each load for a load of what was just stored, and reading a file from the page
 * cache takes five times as long (docs/performance.md). WebAssembly memory is the one page-aligned buffer
 * that JavaScript has.
 */
import { alignedBytes } from './aligned-bytes.ts';
import type { ByteSource } from './byte-source.ts';
import type { Core } from './core.ts';
import type { Later } from './later.ts';
import type { ReadAhead } from './read-ahead.ts';

/** Fits a second-level cache; 256 KB to 2 MB are equally fast. A multiple of the page size. */
const CHUNK_BYTES = 256 * 1024;
/** Of a chunk that is read ahead: what it takes to have it read and be told is then a small part. */
const AHEAD_CHUNK_BYTES = 2048 * 1024;
/** Room for the start of a record before the chunk. A multiple of the page size. */
const CARRY_BYTES = 320 * 1024;
/** One is looked at while the others are read. */
const PLACES = 3;
const PLACE_BYTES = CARRY_BYTES + AHEAD_CHUNK_BYTES;

export interface Window {
  bytes: Uint8Array;
  view: DataView;
  /** Next unread byte. */
  position: number;
  /** End of the valid bytes. */
  end: number;
  /** Offset in the capture of `bytes[0]`; negative at the start, where nothing was carried. */
  startOffset: number;
  /** Where the next chunk goes. */
  chunkAt: number;
  ahead: ReadAhead | null;
}

/** A window at the beginning of the core's memory, or of a memory of its own. */
export function createWindow(core: Core | null = null): Window {
  const size = PLACES * PLACE_BYTES;
  if (core !== null && core.at.WINDOW_BYTES !== size) throw new Error('the core has another window size');
  const bytes = core === null ? alignedBytes(size) : new Uint8Array(core.buffer, 0, size);
  const window: Window = {
    bytes,
    view: new DataView(bytes.buffer, 0, size),
    position: 0,
    end: 0,
    startOffset: 0,
    chunkAt: 0,
    ahead: null,
  };
  resetWindow(window);
  return window;
}

/** Back to the first byte of the capture, after the source was rewound. */
export function resetWindow(window: Window): void {
  window.position = CARRY_BYTES;
  window.end = CARRY_BYTES;
  window.startOffset = -CARRY_BYTES;
  window.chunkAt = CARRY_BYTES;
}

/** From the next chunk on, if the source can; it must not be rewound any more. */
export function startReadingAhead(window: Window, source: ByteSource): void {
  const places = Array.from({ length: PLACES }, (_, place) => place * PLACE_BYTES + CARRY_BYTES);
  window.ahead = source.readAhead(window.bytes, places, AHEAD_CHUNK_BYTES);
}

export function unreadBytes(window: Window): number {
  return window.end - window.position;
}

/**
 * Drops what was read, and reads until at least `needed` unread bytes are there. False if the source ends
 * before. `needed` must have been checked against a limit by the caller. Throws or rejects as the source does;
 * what was read until then is in the window.
 */
export function fill(window: Window, source: ByteSource, needed: number): Later<boolean> {
  if (unreadBytes(window) >= needed) return true;
  const carried = unreadBytes(window) <= CARRY_BYTES;
  if (carried) carry(window);
  const more = carried ? readMore(window, source, window.chunkAt + CHUNK_BYTES) : true;
  // The usual end, without a promise.
  if (typeof more === 'boolean' && (!more || unreadBytes(window) >= needed)) return more;
  return fillOn(window, source, needed, more);
}

async function fillOn(
  window: Window,
  source: ByteSource,
  needed: number,
  first: Later<boolean>,
): Promise<boolean> {
  if (!(await first)) return false;
  while (unreadBytes(window) < needed) {
    // The end of the file, or a block that is larger than a chunk.
    await stopReadingAhead(window);
    if (window.end === window.bytes.length) makeRoom(window, needed);
    if (!(await readMore(window, source, window.bytes.length))) return false;
  }
  return true;
}

async function stopReadingAhead(window: Window): Promise<void> {
  await window.ahead?.stop();
  window.ahead = null;
}

/** Moves the unread bytes to just before the next chunk. */
function carry(window: Window): void {
  if (window.ahead !== null) window.chunkAt = window.ahead.nextAt();
  const start = window.chunkAt - unreadBytes(window);
  window.bytes.copyWithin(start, window.position, window.end);
  window.startOffset += window.position - start;
  window.position = start;
  window.end = window.chunkAt;
}

function readMore(window: Window, source: ByteSource, limit: number): Later<boolean> {
  const { ahead } = window;
  const take = (got: number): boolean => {
    window.end += got;
    // It has stopped. The file may have grown since, or its system gives less than was asked for.
    if (ahead !== null && got < AHEAD_CHUNK_BYTES) window.ahead = null;
    return got > 0;
  };
  const into = limit === window.bytes.length ? window.bytes : window.bytes.subarray(0, limit);
  const result = ahead === null ? source.read(into, window.end) : ahead.take();
  return typeof result === 'number' ? take(result) : result.then(take);
}

/** For the rare block that is larger than a chunk: moves the unread bytes to the front, grows if need be. */
function makeRoom(window: Window, needed: number): void {
  const unread = unreadBytes(window);
  if (needed > window.bytes.length) {
    const grown = new Uint8Array(needed);
    grown.set(window.bytes.subarray(window.position, window.end));
    window.bytes = grown;
    window.view = new DataView(grown.buffer);
  } else window.bytes.copyWithin(0, window.position, window.end);
  window.startOffset += window.position;
  window.position = 0;
  window.end = unread;
}
