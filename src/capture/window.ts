/**
 * A sliding window over a byte source: one reused buffer in which records are parsed in place. It grows
 * only for a record that is larger than itself, and never beyond the limit that the caller asks for.
 */
import type { ByteSource } from './byte-source.ts';

/** Fits a second-level cache; 256 KB to 2 MB are equally fast (docs/performance.md). */
export const WINDOW_BYTES = 512 * 1024;

export interface Window {
  bytes: Uint8Array;
  view: DataView;
  /** Next unread byte. */
  position: number;
  /** End of the valid bytes. */
  end: number;
  /** Offset in the capture of `bytes[0]`. */
  startOffset: number;
}

export function createWindow(size: number = WINDOW_BYTES): Window {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), position: 0, end: 0, startOffset: 0 };
}

/**
 * Drops what was read, and reads until at least `needed` unread bytes are there. False if the source ends
 * before. `needed` must have been checked against a limit by the caller. Rejects as the source does.
 */
export async function fill(window: Window, source: ByteSource, needed: number): Promise<boolean> {
  const unread = window.end - window.position;
  if (needed > window.bytes.length) {
    const grown = new Uint8Array(needed);
    grown.set(window.bytes.subarray(window.position, window.end));
    window.bytes = grown;
    window.view = new DataView(grown.buffer);
  } else {
    window.bytes.copyWithin(0, window.position, window.end);
  }
  window.startOffset += window.position;
  window.position = 0;
  window.end = unread;
  while (window.end < needed) {
    const result = source.read(window.bytes, window.end);
    const got = typeof result === 'number' ? result : await result;
    if (got === 0) return false;
    window.end += got;
  }
  return true;
}

/** Back to the first byte of the capture, after the source was rewound. */
export function resetWindow(window: Window): void {
  window.position = 0;
  window.end = 0;
  window.startOffset = 0;
}
