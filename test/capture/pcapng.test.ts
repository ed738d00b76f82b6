import { expect } from 'chai';
import fc from 'fast-check';
import { LINK } from '../../src/capture/link-types.ts';
import { DIRECTION } from '../../src/capture/record-block.ts';
import { concat, pattern, u8, u32, u64 } from '../helpers/bytes.ts';
import {
  block,
  END_OF_OPTIONS,
  enhancedBlock,
  interfaceBlock,
  obsoleteBlock,
  option,
  sectionBlock,
  simpleBlock,
} from '../helpers/capture-files.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { absoluteTimeNs, type PlainCapture, readCapture } from '../helpers/read-capture.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

const TSRESOL = 9;
const TSOFFSET = 14;
const FLAGS = 2;
const FRAME = ethernet(ipv4Packet({}, { payload: pattern(100) }));
const SECOND = 1_000_000_000n;
const NANOSECONDS = concat(option(TSRESOL, u8(9)), END_OF_OPTIONS);

describe('pcapng', () => {
  const folder = useTempFolder();
  const read = (...blocks: Uint8Array[]): Promise<PlainCapture> =>
    readCapture(folder.write('a.pcapng', concat(...blocks)));

  it('interfaces of one section have units and link types of their own', async () => {
    const offset = concat(option(TSRESOL, u8(3)), option(TSOFFSET, u64(1000n, true)), END_OF_OPTIONS);
    const capture = await read(
      sectionBlock(),
      interfaceBlock(LINK.ETHERNET, NANOSECONDS),
      interfaceBlock(LINK.RAW),
      interfaceBlock(LINK.ETHERNET, offset),
      enhancedBlock(0, { ticks: 1700n * SECOND + 7n, bytes: FRAME }),
      enhancedBlock(1, { ticks: 1_700_000_003n, bytes: FRAME.subarray(14) }),
      enhancedBlock(2, { ticks: 700_005n, bytes: FRAME }),
    );
    expect(capture.fault).to.equal(null);
    expect(capture.packets.map((packet) => absoluteTimeNs(capture, packet))).to.deep.equal([
      1700n * SECOND + 7n,
      1700n * SECOND + 3000n,
      1700n * SECOND + 5_000_000n,
    ]);
    expect(capture.packets.map(({ linkType }) => linkType)).to.deep.equal([1, 101, 1]);
    expect(capture.packets.map(({ tcp }) => tcp?.at)).to.deep.equal([34, 20, 34]);
  });

  it('times of several interfaces follow the file, backwards too', async () => {
    const capture = await read(
      sectionBlock(),
      interfaceBlock(LINK.ETHERNET, NANOSECONDS),
      interfaceBlock(LINK.ETHERNET),
      enhancedBlock(0, { ticks: 5000n, bytes: FRAME }),
      enhancedBlock(1, { ticks: 5n, bytes: FRAME }),
      enhancedBlock(1, { ticks: 4n, bytes: FRAME }),
      enhancedBlock(0, { ticks: 3999n, bytes: FRAME }),
    );
    expect(capture.packets.map(({ timeNs }) => timeNs)).to.deep.equal([0, 0, -1000, -1001]);
    expect(capture.notes).to.include({ lastTimeNs: -1001 });
  });

  it('sections of either byte order follow each other, each with its own interfaces', async () => {
    const capture = await read(
      sectionBlock(true),
      interfaceBlock(LINK.ETHERNET, NANOSECONDS),
      enhancedBlock(0, { ticks: 5n, bytes: FRAME }),
      sectionBlock(false),
      interfaceBlock(LINK.RAW, new Uint8Array(0), 0, false),
      enhancedBlock(0, { ticks: 1n, bytes: FRAME.subarray(14) }, new Uint8Array(0), false),
      sectionBlock(true),
      interfaceBlock(LINK.ETHERNET, NANOSECONDS),
      enhancedBlock(0, { ticks: 2000n, bytes: FRAME }),
    );
    expect(capture.fault).to.equal(null);
    expect(capture.packets.map((packet) => absoluteTimeNs(capture, packet))).to.deep.equal([
      5n,
      1000n,
      2000n,
    ]);
    expect(capture.packets.map(({ linkType }) => linkType)).to.deep.equal([1, 101, 1]);
  });

  it('an interface of the section before does not count', async () => {
    const capture = await read(
      sectionBlock(),
      interfaceBlock(LINK.ETHERNET),
      enhancedBlock(0, { ticks: 5n, bytes: FRAME }),
      sectionBlock(),
      enhancedBlock(0, { ticks: 6n, bytes: FRAME }),
    );
    expect(capture.packets).to.have.length(1);
    expect(capture.fault).to.include({ kind: 'bad-interface', packet: 1 });
    expect(capture.fault?.found).to.contain('interface 0').and.contain('describes 0');
  });

  it('unknown blocks are passed over, large ones too', async () => {
    const large = block(0x0bad, pattern(2_000_000));
    const custom = block(0x40000bad, concat(u32(32473, true), pattern(11)));
    const packet = (ticks: bigint): Uint8Array => enhancedBlock(0, { ticks, bytes: FRAME });
    const statistics = block(5, new Uint8Array(8));
    const capture = await read(
      sectionBlock(),
      large,
      interfaceBlock(LINK.ETHERNET, NANOSECONDS),
      packet(1n),
      custom,
      packet(2n),
      large,
      packet(3n),
      statistics,
    );
    expect(capture.fault).to.equal(null);
    expect(capture.packets.map(({ timeNs }) => timeNs)).to.deep.equal([0, 1, 2]);
  });

  it('a block that claims as much as a length can say ends the reading', async () => {
    for (const claim of [0x7ffffffc, 0x7ffffffd, 0x7fffffff, 0x80000000, 0xffffffff]) {
      const capture = await read(
        sectionBlock(),
        interfaceBlock(LINK.ETHERNET),
        enhancedBlock(0, { ticks: 1n, bytes: FRAME }),
        concat(u32(0xbad, true), u32(claim, true), pattern(100)),
      );
      expect(capture.packets).to.have.length(1);
      expect(capture.fault?.kind).to.equal(claim === 0x7ffffffc ? 'cut' : 'bad-length');
    }
  });

  it('simple blocks have the time of the packet before, and are cut to the snaplen', async () => {
    const capture = await read(
      sectionBlock(),
      interfaceBlock(LINK.ETHERNET, NANOSECONDS, 60),
      enhancedBlock(0, { ticks: 100n, bytes: FRAME.subarray(0, 60), wireBytes: 154 }),
      enhancedBlock(0, { ticks: 107n, bytes: FRAME.subarray(0, 60), wireBytes: 154 }),
      simpleBlock(FRAME.subarray(0, 60), 154),
      simpleBlock(FRAME.subarray(0, 54), 54),
    );
    expect(capture.packets.map(({ timeNs }) => timeNs)).to.deep.equal([0, 7, 7, 7]);
    expect(capture.packets.map((packet) => [packet.capturedBytes, packet.wireBytes])).to.deep.equal([
      [60, 154],
      [60, 154],
      [60, 154],
      [54, 54],
    ]);
    expect(capture.notes.withoutTime).to.equal(2);
    expect(capture.notes.truncatedPackets).to.equal(3);
    expect(capture.notes.shortestTruncationBytes).to.equal(60);
  });

  it('obsolete packet blocks are read', async () => {
    const capture = await read(
      sectionBlock(),
      interfaceBlock(LINK.ETHERNET, NANOSECONDS),
      interfaceBlock(LINK.RAW, NANOSECONDS),
      obsoleteBlock(1, { ticks: 100n, bytes: FRAME.subarray(14) }),
      obsoleteBlock(0, { ticks: 109n, bytes: FRAME.subarray(0, 60), wireBytes: 154 }),
    );
    expect(capture.fault).to.equal(null);
    expect(capture.packets.map(({ timeNs, tcp }) => [timeNs, tcp?.at])).to.deep.equal([
      [0, 20],
      [9, 34],
    ]);
    expect(capture.packets[1]).to.include({ capturedBytes: 60, wireBytes: 154 });
  });

  it('direction flags are found among other options', async () => {
    const comment = option(1, pattern(5));
    const flags = (value: number): Uint8Array =>
      concat(comment, option(FLAGS, u32(value, true)), END_OF_OPTIONS);
    const late = concat(END_OF_OPTIONS, option(FLAGS, u32(1, true)));
    const capture = await read(
      sectionBlock(),
      interfaceBlock(LINK.ETHERNET),
      ...[flags(1), flags(2), flags(0), flags(5), late, comment].map((options) =>
        enhancedBlock(0, { ticks: 1n, bytes: FRAME }, options),
      ),
    );
    const { INBOUND, OUTBOUND, UNKNOWN } = DIRECTION;
    expect(capture.packets.map(({ direction }) => direction)).to.deep.equal([
      INBOUND,
      OUTBOUND,
      UNKNOWN,
      INBOUND,
      UNKNOWN,
      UNKNOWN,
    ]);
  });

  it('time stamps of every unit and offset are exact, within ten days of the first', async () => {
    const resolution = fc.oneof(fc.nat(12), fc.integer({ min: 0x80, max: 0x80 + 40 }));
    const start = fc.record({
      resolution,
      offset: fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
    });
    const tenDaysNs = 864_000_000_000_000n;
    const latersNs = fc.array(fc.bigInt(0n, tenDaysNs), { minLength: 1, maxLength: 20 });
    const firstNs = 1_700_000_000n * SECOND + 123_456_789n;
    await fc.assert(
      fc.asyncProperty(start, start, latersNs, async (one, other, laters) => {
        const times = [0n, ...laters].map((later) => firstNs + later);
        const clocks = [one, other].map(({ resolution, offset }) => {
          const exponent = BigInt(resolution & 0x7f);
          const perSecond = resolution >= 0x80 ? 2n ** exponent : 10n ** exponent;
          return { perSecond, offset: BigInt(offset) };
        });
        const ticks = times.map((ns, i) => {
          const { perSecond, offset } = clocks[i % 2]!;
          return ((ns - offset * SECOND) * perSecond) / SECOND;
        });
        fc.pre(ticks.every((count) => count >= 0n && count < 2n ** 64n));
        const capture = await read(
          sectionBlock(),
          ...[one, other].map(({ resolution, offset }) =>
            interfaceBlock(
              LINK.ETHERNET,
              concat(
                option(TSRESOL, u8(resolution)),
                option(TSOFFSET, u64(BigInt(offset), true)),
                END_OF_OPTIONS,
              ),
            ),
          ),
          ...ticks.map((count, i) => enhancedBlock(i % 2, { ticks: count, bytes: u8(1) })),
        );
        const expected = ticks.map((count, i) => {
          const { perSecond, offset } = clocks[i % 2]!;
          return offset * SECOND + (count * SECOND) / perSecond;
        });
        expect(capture.packets.map((packet) => absoluteTimeNs(capture, packet))).to.deep.equal(expected);
      }),
      { numRuns: 150 },
    );
  });
});
