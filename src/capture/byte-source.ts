/** Where a capture reader gets its bytes: one method wide, synchronous where the bytes are at hand. */

import type { Later } from './later.ts';
import type { ReadAhead } from './read-ahead.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

export interface ByteSource {
  readonly compression: Compression;
  /** Size of the file on disk, null where it is not known (pipes). */
  readonly fileBytes: number | null;
  /** Bytes of the file consumed so far (compressed ones, if it is compressed): for progress. */
  consumedBytes(): number;
  /** Fills `into` from `at` on; 0 at the end. A corrupt compressed stream rejects after its good part was read. */
  read(into: Uint8Array, at: number): number | Promise<number>;
  /**
   * Reads on by chunks of `chunkBytes`, each ahead of its use, into `places` of `buffer` in turn; null where that does
   * not pay. What is read or rewound until it has stopped is not.
   */
  readAhead(buffer: Uint8Array, places: readonly number[], chunkBytes: number): ReadAhead | null;
  /** Back to the first byte. Allowed once, and only while no more than `rewindLimitBytes` have been read. */
  rewind(): Later<void>;
  /** Bytes that may be read before `rewind`; Infinity for files. */
  readonly rewindLimitBytes: number;
  /** Ends the possibility to rewind and frees what was kept for it. */
  forget(): void;
  close(): void;
}

/** Piped input is kept in memory up to here while the receiver is being found. */
export const REWIND_LIMIT_BYTES = 32 * 1024 * 1024;
