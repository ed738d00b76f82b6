/**
 * A block of capture records as columns: what a capture reader fills and everything else reads.
 * The arrays are filled again for every block, so nothing is allocated per packet.
 */

import type { Core, Kernels } from './core.ts';

/** Direction marks that the capture itself carries. */
export const DIRECTION = { UNKNOWN: 0, INBOUND: 1, OUTBOUND: 2, OTHER_HOST: 3 } as const;

export interface RecordBlock {
  /** Where the columns lie; null where they are on their own. */
  readonly core: Core | null;
  /** Rows in this block. */
  count: number;
  /** 0-based record number of row 0 in the capture file. */
  firstRecord: number;
  /** The bytes that `frameOffset` points into: valid until the next block is read. */
  bytes: Uint8Array;
  view: DataView;
  /** Capture time in ns since the first packet of the file (exact to 104 days). */
  readonly timeNs: Float64Array;
  readonly frameOffset: Int32Array;
  /** Captured bytes, trailing FCS left out. */
  readonly capturedBytes: Int32Array;
  /** Bytes on the wire, trailing FCS left out; never fewer than captured. */
  readonly wireBytes: Int32Array;
  /** Link type (LINKTYPE_*), per row because pcapng may mix them. */
  readonly linkType: Int32Array;
  readonly direction: Uint8Array;
}

/** The kernels for the rows of a block: null without core, and where the bytes of this block lie outside of it. */
export function kernelsFor(block: RecordBlock): Kernels | null {
  const { core } = block;
  return core !== null && block.view.buffer === core.buffer ? core.kernels : null;
}
