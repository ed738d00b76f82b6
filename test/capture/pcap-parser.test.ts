import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { pattern, viewOf } from '../helpers/bytes.ts';
import { type MadePacket, pcapFile } from '../helpers/capture-files.ts';
import { type PeerCapture, readWithPcapParser } from '../helpers/pcap-parser.ts';
import { absoluteTimeNs, type PlainCapture, readCapture } from '../helpers/read-capture.ts';
import {
  CAPTURES,
  FORMATS,
  filesIn,
  isCopy,
  SHARED_CAPTURES,
  skipWith,
  useTempFolder,
} from '../helpers/surroundings.ts';

const MICROSECONDS = 0xa1b2c3d4;

const CLASSIC_MAGICS = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1];

/** The bytes of a file, decompressed. With `headOnly` at least the first few. */
function contentOf(path: string, headOnly: boolean): Buffer {
  const raw = readFileSync(path);
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return raw;
  return headOnly
    ? gunzipSync(raw.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH })
    : gunzipSync(raw);
}

/** Whether a file is a classic pcap in µs or ns. */
function isClassic(path: string): boolean {
  const head = contentOf(path, true);
  return head.length >= 24 && CLASSIC_MAGICS.includes(head.readUInt32LE(0));
}

/** pcap-parser knows the µs magic only: ns captures are given it, and their times then read as µs by both. */
function asMicroseconds(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = viewOf(copy);
  const littleEndian = [0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0, true));
  view.setUint32(0, MICROSECONDS, littleEndian);
  return copy;
}

/** Times are doubles of ns since the first packet: exact up to here, 104 days, and to their last bit beyond. */
const EXACT_NS = 2 ** 53;

function compare(ours: PlainCapture, peer: PeerCapture): void {
  expect(ours.packets.length).to.equal(peer.packets.length);
  ours.packets.forEach((packet, i) => {
    const { header, data } = peer.packets[i]!;
    const timeNs =
      BigInt(header.timestampSeconds) * 1_000_000_000n + BigInt(header.timestampMicroseconds) * 1000n;
    const errorNs = Math.abs(Number(absoluteTimeNs(ours, packet) - timeNs));
    const allowedNs = Math.abs(packet.timeNs) > EXACT_NS ? Math.abs(packet.timeNs) / EXACT_NS : 0;
    if (errorNs > allowedNs) expect.fail(`the time of packet ${i} is wrong by ${errorNs} ns`);
    const found = [packet.capturedBytes, packet.wireBytes, packet.linkType].join();
    const wireBytes = Math.max(header.originalLength, header.capturedLength);
    const expected = [header.capturedLength, wireBytes, peer.linkType & 0xffff].join();
    if (found !== expected) expect(found, `packet ${i}`).to.equal(expected);
    if (Buffer.compare(packet.bytes, data) !== 0) expect.fail(`the bytes of packet ${i} differ`);
  });
}

describe('pcap-parser reads the same records', () => {
  const folder = useTempFolder();

  function compareFolder(path: string, minimum: number): void {
    let compared = 0;
    for (const name of filesIn(path).filter((file) => !/\.(md|tsv)$/.test(file))) {
      if (path !== CAPTURES && isCopy(join(path, name), join(CAPTURES, name))) continue;
      if (!isClassic(join(path, name))) continue;
      compared++;
      it(`${basename(path)}/${name}`, async () => {
        const file = asMicroseconds(contentOf(join(path, name), false));
        const ours = await readCapture(folder.write('us.pcap', file));
        compare(ours, await readWithPcapParser(file));
      });
    }
    it(`${basename(path)}: enough classic captures were seen`, function () {
      if (filesIn(path).length === 0) skipWith(this, `${path} is not there`);
      expect(compared).to.be.at.least(minimum);
    });
  }

  compareFolder(CAPTURES, 8);
  compareFolder(FORMATS, 4);
  compareFolder(join(SHARED_CAPTURES, 'live'), 4);
  compareFolder(join(SHARED_CAPTURES, 'public'), 40);

  for (const littleEndian of [true, false]) {
    it(`a made capture of packets of any length, ${littleEndian ? 'little' : 'big'}-endian`, async () => {
      const packets = Array.from(
        { length: 300 },
        (_, i): MadePacket => ({
          timeNs: BigInt(i) * 999_999_000n,
          bytes: pattern((i * 97) % 3000, i),
          wireBytes: ((i * 97) % 3000) + (i % 3) * 1000,
        }),
      );
      const file = pcapFile(packets, { magic: 'microseconds', littleEndian, linkType: 276 });
      const ours = await readCapture(folder.write('made.pcap', file));
      expect(ours.packets).to.have.length(300);
      compare(ours, await readWithPcapParser(file));
    });
  }
});
