import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { CaptureError } from '../../src/capture/errors.ts';
import { concat, pattern, u32 } from '../helpers/bytes.ts';
import { type PlainCapture, readCapture, withoutTime } from '../helpers/read-capture.ts';
import { CAPTURES, hasTool, skipWith, useTempFolder } from '../helpers/surroundings.ts';
import { skippableFrame, zstdFrame } from '../helpers/zstd-frames.ts';

const PACKED = readFileSync(join(CAPTURES, 'full-f4.pcap.gz'));
/** About 1,000 whole packets: more than one chunk of every stage between file and reader. */
const PLAIN = gunzipSync(PACKED).subarray(0, 1_500_000);

/** Cuts in the middle of records, at no round number. */
function parts(bytes: Uint8Array): Uint8Array[] {
  return [
    bytes.subarray(0, 3),
    bytes.subarray(3, 400_001),
    bytes.subarray(400_001, 400_002),
    bytes.subarray(400_002),
  ];
}

function zstd(bytes: Uint8Array, ...options: string[]): Uint8Array {
  const { stdout, status, stderr } = spawnSync('zstd', ['-q', '-c', ...options], {
    input: bytes,
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(String(stderr));
  return stdout;
}

interface Packing {
  readonly name: string;
  readonly compression: 'gzip' | 'zstd';
  readonly pack: () => Uint8Array;
  readonly tool?: string;
}

const gzip = (name: string, pack: () => Uint8Array): Packing => ({ name, compression: 'gzip', pack });
const stored = (name: string, pack: () => Uint8Array): Packing => ({ name, compression: 'zstd', pack });
const packed = (name: string, pack: () => Uint8Array): Packing => ({
  name,
  compression: 'zstd',
  pack,
  tool: 'zstd',
});
const SKIP = skippableFrame(pattern(1000));

const PACKINGS: readonly Packing[] = [
  gzip('gzip', () => gzipSync(PLAIN, { level: 1 })),
  gzip('stored gzip', () => gzipSync(PLAIN, { level: 0 })),
  gzip('gzip of several members', () => concat(...parts(PLAIN).map((part) => gzipSync(part, { level: 1 })))),
  gzip('gzip with an empty member', () => concat(gzipSync(''), gzipSync(PLAIN, { level: 1 }), gzipSync(''))),
  stored('a stored zstd frame', () => zstdFrame(PLAIN)),
  stored('a stored zstd frame without content size', () => zstdFrame(PLAIN, { contentSize: false })),
  stored('stored zstd frames', () => concat(...parts(PLAIN).map((part) => zstdFrame(part)))),
  stored('an empty zstd frame before', () => concat(zstdFrame(new Uint8Array(0)), zstdFrame(PLAIN))),
  stored('skippable zstd frames before, between and after', () =>
    concat(SKIP, ...parts(PLAIN).flatMap((part) => [zstdFrame(part), SKIP])),
  ),
  packed('zstd', () => zstd(PLAIN)),
  packed('zstd without checksum', () => zstd(PLAIN, '--no-check')),
  packed('zstd with content size', () => zstd(PLAIN, `--stream-size=${PLAIN.length}`)),
  packed('zstd at its strongest, with a long window', () => zstd(PLAIN, '-19', '--long=27')),
  packed('zstd of several frames', () =>
    concat(...parts(PLAIN).flatMap((part, i) => [zstd(part, i % 2 === 0 ? '--check' : '--no-check'), SKIP])),
  ),
];

function chunks(bytes: Uint8Array, size: number): Uint8Array[] {
  const result: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) result.push(bytes.slice(at, at + size));
  return result;
}

describe('compressed and piped captures', () => {
  const folder = useTempFolder();
  let original: PlainCapture;
  let expected: string;
  /** All there is to say of a capture, times in it. */
  const contentOf = ({ packets, firstTimeNs }: PlainCapture): string =>
    `${firstTimeNs} ${packets.map((packet) => `${packet.timeNs} ${withoutTime(packet)}`).join('\n')}`;

  before(async () => {
    original = await readCapture(folder.write('plain.pcap', PLAIN));
    expected = contentOf(original);
    expect(original.packets).to.have.length.above(900);
    expect(original.fault?.kind).to.equal('cut');
  });

  it('plain bytes on stdin give what the file gives', async () => {
    for (const size of [1, 4099, 65_536, PLAIN.length]) {
      const some = size === 1 ? PLAIN.subarray(0, 20_000) : PLAIN;
      const capture = await readCapture('-', { stdin: chunks(some, size) });
      expect(capture.compression).to.equal('none');
      const count = capture.packets.length;
      expect(count).to.be.above(10);
      if (size > 1) expect(contentOf(capture)).to.equal(expected);
      else expect(capture.packets).to.deep.equal(original.packets.slice(0, count));
    }
  });

  for (const { name, compression, pack, tool } of PACKINGS) {
    it(`${name}: as a file and on stdin`, async function () {
      if (tool !== undefined && !hasTool(tool)) skipWith(this, `${tool} is not installed`);
      const bytes = pack();
      const fromFile = await readCapture(folder.write('packed', bytes));
      expect(fromFile.compression).to.equal(compression);
      expect(contentOf(fromFile)).to.equal(expected);
      expect(fromFile.fault?.kind).to.equal('cut');
      for (const size of [5003, bytes.length]) {
        const fromStdin = await readCapture('-', { stdin: chunks(bytes, size) });
        expect(fromStdin.compression).to.equal(compression);
        expect(contentOf(fromStdin) === expected, `chunks of ${size}`).to.equal(true);
      }
    });
  }

  it('a committed zstd file of two frames and a skippable one', async () => {
    const path = join(CAPTURES, '..', 'test', 'capture', 'two-frames.pcap.zst');
    const capture = await readCapture(path);
    expect(capture.compression).to.equal('zstd');
    expect(capture.fault).to.equal(null);
    expect(capture.packets.map(withoutTime)).to.deep.equal(original.packets.slice(0, 40).map(withoutTime));
  });

  describe('that are damaged', () => {
    /** What was read must be the beginning of the truth. */
    async function expectBeginning(bytes: Uint8Array, found: RegExp): Promise<number> {
      const capture = await readCapture(folder.write('damaged', bytes));
      expect(capture.fault?.kind).to.equal('bad-compression');
      expect(capture.fault?.found).to.match(found);
      const count = capture.packets.length;
      expect(capture.fault?.packet).to.equal(count);
      expect(capture.packets.map(withoutTime).join()).to.equal(
        original.packets.slice(0, count).map(withoutTime).join(),
      );
      return count;
    }

    it('a cut gzip gives what stands before the cut', async () => {
      const bytes = gzipSync(PLAIN, { level: 1 });
      expect(await expectBeginning(bytes.subarray(0, 200_000), /ends too early/)).to.be.above(50);
      expect(await expectBeginning(bytes.subarray(0, bytes.length - 1), /ends too early/)).to.be.above(900);
    });

    it('a cut zstd gives what stands before the cut', async () => {
      const bytes = zstdFrame(PLAIN);
      expect(await expectBeginning(bytes.subarray(0, 400_000), /ends too early/)).to.be.above(50);
      expect(await expectBeginning(bytes.subarray(0, bytes.length - 1), /ends too early/)).to.be.above(800);
      const skipped = concat(zstdFrame(PLAIN), SKIP);
      expect(await expectBeginning(skipped.subarray(0, skipped.length - 1), /ends too early/)).to.be.above(
        800,
      );
    });

    it('a compressed zstd that is cut gives what stands before the cut', async function () {
      if (!hasTool('zstd')) skipWith(this, 'zstd is not installed');
      const bytes = zstd(PLAIN);
      expect(await expectBeginning(bytes.subarray(0, bytes.length / 2), /ends too early/)).to.be.above(50);
    });

    it('a gzip whose stored block is damaged, and one whose data check fails', async () => {
      const stored = gzipSync(PLAIN, { level: 0 });
      // Walks from stored block to stored block (RFC 1951 §3.2.4): the length then no longer matches its complement.
      let block = 10;
      while (block < 500_000) block += 5 + stored.readUInt16LE(block + 1);
      stored[block + 3]! ^= 0xff;
      expect(await expectBeginning(stored, /damaged/)).to.be.above(50);
      const whole = gzipSync(PLAIN, { level: 1 });
      whole[whole.length - 8]! ^= 1;
      // The last output before the check is lost with it.
      expect(await expectBeginning(whole, /damaged/)).to.be.above(900);
    });

    it('a zstd with a reserved block type in its second frame', async () => {
      const first = zstdFrame(PLAIN.subarray(0, 400_000));
      const frames = concat(first, zstdFrame(PLAIN.subarray(400_000)));
      frames.set([7, 0, 0], first.length + 13);
      expect(await expectBeginning(frames, /damaged/)).to.be.above(50);
    });

    it('zstd with something else after it', async () => {
      const whole = zstdFrame(PLAIN.subarray(0, 24 + original.packets[0]!.bytes.length + 16));
      const capture = await readCapture(folder.write('tail', concat(whole, pattern(100))));
      expect(capture.packets).to.have.length(1);
      expect(capture.fault?.found).to.match(/damaged/);
    });

    it('a zstd frame that asks for more memory than zstd itself allows', async () => {
      const frame = zstdFrame(PLAIN, { contentSize: false, windowDescriptor: (18 << 3) | 0 });
      let error: unknown;
      await readCapture(folder.write('window', frame)).catch((thrown: unknown) => {
        error = thrown;
      });
      expect(error).to.be.instanceOf(CaptureError);
      expect((error as CaptureError).message)
        .to.contain('window')
        .and.contain(String(2 ** 28));
    });

    it('nothing but a header of gzip or zstd', async () => {
      for (const bytes of [gzipSync(PLAIN).subarray(0, 10), u32(0xfd2fb528, true), SKIP.subarray(0, 6)]) {
        let error: unknown;
        await readCapture(folder.write('header', bytes)).catch((thrown: unknown) => {
          error = thrown;
        });
        expect(error).to.be.instanceOf(CaptureError);
        expect((error as CaptureError).fault.kind).to.equal('bad-compression');
      }
    });
  });
});
