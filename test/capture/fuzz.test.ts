import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { createCore } from '../../src/capture/core.ts';
import { CaptureError } from '../../src/capture/errors.ts';
import { INET_LRO_DEFAULTS } from '../../src/coalesce/inet-lro.ts';
import { coalesce } from '../../src/replay/coalesce.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { openSession } from '../../src/replay/session.ts';
import { skbJson } from '../../src/replay/skb-json.ts';
import { concat, pattern, replaced, u8, u16, u32, viewOf } from '../helpers/bytes.ts';
import {
  block,
  END_OF_OPTIONS,
  enhancedBlock,
  interfaceBlock,
  obsoleteBlock,
  option,
  PCAP_STYLE,
  pcapFile,
  pcapHeader,
  sectionBlock,
  simpleBlock,
} from '../helpers/capture-files.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import { type PlainCapture, type ReadOptions, readCapture } from '../helpers/read-capture.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';
import { skippableFrame, zstdFrame } from '../helpers/zstd-frames.ts';

const REAL = gunzipSync(readFileSync(join(CAPTURES, 'full-f4.pcap.gz'))).subarray(0, 12_000);
const FRAMES = [
  ethernet(ipv4Packet({}, { options: timestamps(1, 2), payload: pattern(90) })),
  ethernet(ipv4Packet({}, { seq: 1090, options: timestamps(1, 2), payload: pattern(91) }), [0x8100]),
  ethernet(ipv6Packet({}, { payload: pattern(30) })),
];
const packet = (i: number): { ticks: bigint; bytes: Uint8Array } => ({
  ticks: BigInt(i) << 30n,
  bytes: FRAMES[i % 3]!,
});
const MODIFIED = pcapFile(
  FRAMES.map((bytes, i) => ({ timeNs: BigInt(i), bytes })),
  { magic: 'modified', littleEndian: false },
);

function pcapng(littleEndian: boolean): Uint8Array {
  const options = concat(option(9, u8(0x9e), littleEndian), option(13, u8(4), littleEndian), END_OF_OPTIONS);
  const section = concat(
    sectionBlock(littleEndian),
    interfaceBlock(1, options, 100, littleEndian),
    interfaceBlock(113, END_OF_OPTIONS, 0, littleEndian),
    ...[0, 1, 2, 3, 4].map((i) => enhancedBlock(i % 2, packet(i), END_OF_OPTIONS, littleEndian)),
    block(5, pattern(16), littleEndian),
  );
  const plain = concat(simpleBlock(FRAMES[0]!), obsoleteBlock(0, packet(1)), block(0xbad, pattern(50)));
  return concat(section, littleEndian ? plain : new Uint8Array(0), section);
}

const SEEDS: readonly Uint8Array[] = [REAL, MODIFIED, pcapng(true), pcapng(false)];
const EXTREMES = [0, 1, 3, 7, 12, 0x7fff, 0xffff, 0x3ffff, 0x40001, 0x7ffffffc, 0x7ffffffd, 0x7fffffff];
const extreme = fc.constantFrom(...EXTREMES, 0x80000000, 0xfffffffc, 0xffffffff);

/** A change of a file: where, as a share of its length, and what. */
const change = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  what: fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), bit: fc.nat(7) }),
    fc.record({ kind: fc.constant('number' as const), value: extreme, littleEndian: fc.boolean() }),
    fc.record({ kind: fc.constant('cut' as const) }),
    fc.record({ kind: fc.constant('remove' as const), length: fc.nat(40) }),
    fc.record({ kind: fc.constant('insert' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Uint8Array, { place, what }: Change): Uint8Array {
  const at = Math.floor(place * bytes.length);
  const aligned = at & ~3;
  switch (what.kind) {
    case 'flip':
      return at < bytes.length ? replaced(bytes, at, u8(bytes[at]! ^ (1 << what.bit))) : bytes;
    case 'number':
      return aligned + 4 > bytes.length
        ? bytes
        : replaced(bytes, aligned, u32(what.value, what.littleEndian));
    case 'cut':
      return bytes.subarray(0, at);
    case 'remove':
      return concat(bytes.subarray(0, at), bytes.subarray(at + what.length));
    case 'insert':
      return concat(bytes.subarray(0, at), what.bytes, bytes.subarray(at));
  }
}

/** Where the length of each block stands in a pcapng seed of either byte order. */
function blockLengthPlaces(file: Uint8Array): number[] {
  const places: number[] = [];
  let littleEndian = true;
  for (let at = 0; at < file.length; ) {
    const view = viewOf(file);
    if (view.getUint32(at) === 0x0a0d0d0a) littleEndian = view.getUint32(at + 8, true) === 0x1a2b3c4d;
    places.push(at + 4);
    at += view.getUint32(at + 4, littleEndian);
  }
  return places;
}

const misleading = fc
  .tuple(fc.constantFrom(pcapng(true), pcapng(false)), fc.nat(), extreme, fc.boolean())
  .map(([seed, which, value, littleEndian]) => {
    const places = blockLengthPlaces(seed);
    return replaced(seed, places[which % places.length]!, u32(value, littleEndian));
  });

const damaged = fc.oneof(
  { weight: 1, arbitrary: misleading },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...SEEDS), fc.array(change, { minLength: 1, maxLength: 4 }))
      .map(([seed, changes]) => changes.reduce(changed, seed)),
  },
);

const HEADS = [
  new Uint8Array(0),
  ...(['microseconds', 'nanoseconds', 'modified'] as const).flatMap((magic) =>
    [true, false].map((littleEndian) => pcapHeader({ ...PCAP_STYLE, magic, littleEndian })),
  ),
  u32(0x0a0d0d0a),
  sectionBlock(),
  concat(sectionBlock(), interfaceBlock(1)),
  concat(sectionBlock(false), interfaceBlock(101, END_OF_OPTIONS, 0, false)),
  concat(sectionBlock(), interfaceBlock(1), u32(6, true)),
  u8(0x1f, 0x8b, 8),
  gzipSync('').subarray(0, 10),
  u32(0xfd2fb528, true),
  zstdFrame(pattern(10)).subarray(0, 13),
  skippableFrame(new Uint8Array(0)),
  u16(0xa1b2),
];
const randomFile = fc
  .tuple(fc.constantFrom(...HEADS), fc.uint8Array({ maxLength: 600 }))
  .map(([head, tail]) => concat(head, tail));

/** Null where nothing could be read, which is said by a CaptureError and nothing else. */
async function readOrRefuse(path: string, options: ReadOptions): Promise<PlainCapture | null> {
  try {
    return await readCapture(path, options);
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

/** A capture, or its refusal, as text. */
function textOf(capture: PlainCapture | null): string {
  return JSON.stringify(capture, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}`;
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  });
}

/** What holds of every reading of a file that is not compressed. */
function expectConsistent(capture: PlainCapture, file: Uint8Array): void {
  const { packets, notes, fault } = capture;
  expect(notes.packets).to.equal(packets.length);
  if (fault !== null) expect(fault.packet).to.equal(packets.length);
  let from = 0;
  for (const { bytes, capturedBytes, wireBytes, timeNs } of packets) {
    expect(capturedBytes).to.be.within(0, 262_144);
    expect(wireBytes).to.be.at.least(capturedBytes);
    expect(bytes).to.have.length(capturedBytes);
    expect(timeNs).to.satisfy(Number.isFinite);
    // Each packet's bytes stand in the file, after those of the packet before.
    const at = Buffer.from(file.buffer, file.byteOffset, file.length).indexOf(bytes, from);
    expect(at).to.be.at.least(from);
    from = at + bytes.length;
  }
}

describe('damaged captures', () => {
  const folder = useTempFolder();
  /** One for all, which must not remember anything. */
  const core = createCore();

  /** Reads a file in several ways, which must agree. */
  async function expectAgreement(file: Uint8Array): Promise<void> {
    const path = folder.write('damaged', file);
    const capture = await readOrRefuse(path, {});
    const small = await readOrRefuse(path, { capacity: 3 });
    expect(textOf(small)).to.equal(textOf(capture));
    for (const capacity of [2048, 3]) {
      expect(textOf(await readOrRefuse(path, { core, capacity }))).to.equal(textOf(capture));
    }
    const piped = await readOrRefuse('-', { stdin: [file.subarray(0, 5), file.subarray(5)] });
    const nameless = (text: string): string => text.replaceAll('"stdin"', '""').replaceAll(`"${path}"`, '""');
    expect(nameless(textOf(piped))).to.equal(nameless(textOf(capture)));
    if (capture !== null && capture.compression === 'none') expectConsistent(capture, file);
  }

  it('random bytes after the magic of any format are read or refused', async () => {
    await fc.assert(fc.asyncProperty(randomFile, expectAgreement), { numRuns: 600 });
  });

  it('flipped bits, extreme lengths, cut and moved bytes end the reading at most', async () => {
    await fc.assert(fc.asyncProperty(damaged, expectAgreement), { numRuns: 600 });
  });

  it('damage inside compressed data does no more', async () => {
    const packed = fc
      .tuple(fc.constantFrom(...SEEDS), fc.boolean(), fc.array(change, { minLength: 1, maxLength: 3 }))
      .map(([seed, gzip, changes]) => changes.reduce(changed, gzip ? gzipSync(seed) : zstdFrame(seed)));
    await fc.assert(
      fc.asyncProperty(packed, async (file) => {
        const capture = await readOrRefuse(folder.write('packed', file), {});
        if (capture !== null) expect(capture.notes.packets).to.equal(capture.packets.length);
      }),
      { numRuns: 300 },
    );
  });

  it('a damaged capture goes through the whole replay', async () => {
    const setup = fc.record({
      file: damaged,
      mode: fc.constantFrom('skb' as const, 'frags' as const),
      vlan: fc.constantFrom('strip' as const, 'pass' as const, 'inband' as const),
      engine: fc.constantFrom('inet_lro' as const, 'none' as const),
      verifyChecksums: fc.boolean(),
      payload: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(setup, async ({ file, engine, payload, ...options }) => {
        const path = folder.write('damaged', file);
        const input = { receiver: 'auto', fcsBytes: null, stdin: () => process.stdin } as const;
        const session = await openSession(path, input).catch((error: unknown) => {
          if (error instanceof CaptureError) return null;
          throw error;
        });
        if (session === null) return;
        let packets = 0;
        const sink = createRecorder(session.table, payload, (skb) => {
          const line = JSON.parse(skbJson(skb)) as { segments: number };
          packets += line.segments;
          expect(skb.capturedBytes).to.be.at.most(skb.wireBytes);
        });
        const stats = await coalesce(
          session,
          { engine, inetLro: { ...INET_LRO_DEFAULTS, ...options } },
          { kind: 'batch', packets: 5 },
          sink,
        );
        session.close();
        expect(packets).to.equal(stats.packets);
      }),
      { numRuns: 400 },
    );
  });
});
