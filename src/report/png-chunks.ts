/** Chunks of a PNG that its encoder does not write (PNG specification, third edition). */
import { crc32 } from 'node:zlib';

/** §5.2 and §11.2.1: signature, then IHDR with 13 bytes of data. */
const SIGNATURE_BYTES = 8;
const IHDR_END = SIGNATURE_BYTES + 4 + 4 + 13 + 4;
const UNIT_METRE = 1;
const METRES_PER_INCH = 0.0254;

/** `png` with `chunks` after its IHDR. */
export function withChunks(png: Buffer, chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, IHDR_END), ...chunks, png.subarray(IHDR_END)]);
}

/** §11.3.4.3, pHYs. A PNG has at most one. */
export function resolutionChunk(dotsPerInch: number): Buffer {
  const dotsPerMetre = Math.round(dotsPerInch / METRES_PER_INCH);
  const data = Buffer.alloc(9);
  data.writeUInt32BE(dotsPerMetre, 0);
  data.writeUInt32BE(dotsPerMetre, 4);
  data.writeUInt8(UNIT_METRE, 8);
  return chunk('pHYs', data);
}

/** §11.3.3: tEXt, or iTXt where Latin-1 is not enough. `key` has 1 to 79 letters of Latin-1. */
export function textChunk(key: string, value: string): Buffer {
  const text = value.replaceAll('\0', '\uFFFD');
  if (/^[ -~\u00a0-\u00ff]*$/.test(text)) return chunk('tEXt', Buffer.from(`${key}\0${text}`, 'latin1'));
  // Not compressed, no language, no translated key.
  return chunk('iTXt', Buffer.from(`${key}\0\0\0\0\0${text}`, 'utf8'));
}

/** §5.3: length, type, data, checksum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const covered = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(covered));
  return Buffer.concat([length, covered, checksum]);
}
