import { crc32 } from 'node:zlib';

/** PNG specification, third edition, §5.2 and §11.2.1: signature, then IHDR with 13 bytes of data. */
const SIGNATURE_BYTES = 8;
const IHDR_END = SIGNATURE_BYTES + 4 + 4 + 13 + 4;
const PHYS_DATA_BYTES = 9;
const UNIT_METRE = 1;
const METRES_PER_INCH = 0.0254;

/**
 * `png` with a pHYs chunk after its IHDR that states `dotsPerInch`, so that a word processor or LaTeX places
 * the picture at its intended size. `png` must not have one yet.
 */
export function withResolution(png: Buffer, dotsPerInch: number): Buffer {
  const chunk = Buffer.alloc(4 + 4 + PHYS_DATA_BYTES + 4);
  const dotsPerMetre = Math.round(dotsPerInch / METRES_PER_INCH);
  chunk.writeUInt32BE(PHYS_DATA_BYTES, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(dotsPerMetre, 8);
  chunk.writeUInt32BE(dotsPerMetre, 12);
  chunk.writeUInt8(UNIT_METRE, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, IHDR_END), chunk, png.subarray(IHDR_END)]);
}
