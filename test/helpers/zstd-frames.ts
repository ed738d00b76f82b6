/** Zstandard frames without compression (raw blocks), after RFC 8878: what any machine can make. */
import { concat, u8, u32, u64 } from './bytes.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a53;
const MAX_BLOCK_BYTES = 128 * 1024;

export interface FrameStyle {
  /** Says the content size in its header, which then is also the window. */
  readonly contentSize: boolean;
  /** Exponent and mantissa of the window where there is no content size; 1 MB by default. */
  readonly windowDescriptor: number;
}

export function zstdFrame(content: Uint8Array, style: Partial<FrameStyle> = {}): Uint8Array {
  const { contentSize = true, windowDescriptor = 10 << 3 } = style;
  // Frame_Content_Size_flag 3 (8 bytes) and Single_Segment_flag, or neither.
  const header = contentSize ? concat(u8(0xe0), u64(BigInt(content.length), true)) : u8(0, windowDescriptor);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < content.length; at += MAX_BLOCK_BYTES) {
    const part = content.subarray(at, at + MAX_BLOCK_BYTES);
    const last = at + MAX_BLOCK_BYTES >= content.length ? 1 : 0;
    blocks.push(u32((part.length << 3) | last, true).subarray(0, 3), part);
  }
  return concat(u32(MAGIC, true), header, ...blocks);
}

export function skippableFrame(content: Uint8Array): Uint8Array {
  return concat(u32(SKIPPABLE_MAGIC, true), u32(content.length, true), content);
}
