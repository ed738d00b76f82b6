/** A PNG as its chunks and pixels, for tests that look at pictures. */
import { crc32 } from 'node:zlib';
import { createCanvas, loadImage } from '@napi-rs/canvas';

export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** All chunks; throws where the signature, a length or a checksum is wrong. */
export function chunksOf(png: Buffer): Chunk[] {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG signature');
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const covered = png.subarray(at + 4, at + 8 + length);
    if (crc32(covered) !== png.readUInt32BE(at + 8 + length)) throw new Error(`wrong checksum at byte ${at}`);
    chunks.push({ type: covered.toString('latin1', 0, 4), data: covered.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  readonly data: Uint8ClampedArray;
}

export async function pictureOf(png: Buffer): Promise<Picture> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}

/** How many pixels of the columns from `left` to before `right` satisfy `test`. */
export function countPixels(
  { width, height, data }: Picture,
  test: (red: number, green: number, blue: number, alpha: number) => boolean,
  [left, right]: readonly [number, number] = [0, width],
): number {
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = left; x < right; x++) {
      const at = 4 * (y * width + x);
      if (test(data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!)) count++;
    }
  }
  return count;
}

export function isDark(red: number, green: number, blue: number): boolean {
  return red < 0x60 && green < 0x60 && blue < 0x60;
}
