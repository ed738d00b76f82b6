import { expect } from 'chai';
import { concat, pattern, u8 } from '../helpers/bytes.ts';
import { type MadePacket, option, pcapFile, pcapngFile } from '../helpers/capture-files.ts';
import { runCommand } from '../helpers/command.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { readCapture } from '../helpers/read-capture.ts';
import { useTempFolder } from '../helpers/surroundings.ts';

const FRAME = ethernet(ipv4Packet({}, { payload: pattern(100) }));
const FCS = u8(1, 2, 3, 4);
const WHOLE = concat(FRAME, FCS);
const BEGIN_NS = 1_700_000_000_000_000_000n;
const F_BIT = 0x0400;
const FCSLEN = 13;

/** Whole; cut inside the FCS; cut before it; shorter than an FCS. */
const PACKETS: readonly MadePacket[] = [
  { timeNs: BEGIN_NS, bytes: WHOLE },
  { timeNs: BEGIN_NS, bytes: WHOLE.subarray(0, WHOLE.length - 2), wireBytes: WHOLE.length },
  { timeNs: BEGIN_NS, bytes: WHOLE.subarray(0, 60), wireBytes: WHOLE.length },
  { timeNs: BEGIN_NS, bytes: u8(1, 2, 3) },
];

const lengths = (fcs: number): number[][] => [
  [FRAME.length + 4 - fcs, FRAME.length + 4 - fcs],
  [Math.min(FRAME.length + 2, FRAME.length + 4 - fcs), FRAME.length + 4 - fcs],
  [60, FRAME.length + 4 - fcs],
  [Math.max(0, 3 - fcs), Math.max(0, 3 - fcs)],
];

describe('the frame check sequence', () => {
  const folder = useTempFolder();

  async function lengthsOf(file: Uint8Array, fcsBytes: number | null = null): Promise<number[][]> {
    const capture = await readCapture(folder.write('a.pcap', file), { fcsBytes });
    return capture.packets.map((packet) => [packet.capturedBytes, packet.wireBytes]);
  }

  for (const [name, file] of [
    ['a pcap', pcapFile(PACKETS)],
    ['a pcapng', pcapngFile(PACKETS)],
  ] as const) {
    it(`is part of the frame in ${name} that does not tell`, async () => {
      expect(await lengthsOf(file)).to.deep.equal(lengths(0));
    });

    it(`is left out of ${name} if the user says so`, async () => {
      expect(await lengthsOf(file, 4)).to.deep.equal(lengths(4));
    });
  }

  for (const [words, fcs] of [
    [2, 4],
    [1, 2],
    [0, 0],
  ] as const) {
    it(`has ${fcs} bytes where the link type field of a pcap says ${words} words`, async () => {
      expect(await lengthsOf(pcapFile(PACKETS, { linkFlags: F_BIT | (words << 12) }))).to.deep.equal(
        lengths(fcs),
      );
    });
  }

  it('is not looked for where a pcap does not set the flag', async () => {
    expect(await lengthsOf(pcapFile(PACKETS, { linkFlags: 2 << 12 }))).to.deep.equal(lengths(0));
  });

  for (const [value, fcs] of [
    [4, 4],
    [2, 2],
    [0, 0],
    [32, 4],
    [16, 2],
  ] as const) {
    it(`has ${fcs} bytes where if_fcslen is ${value}`, async () => {
      const file = pcapngFile(PACKETS, 1, option(FCSLEN, u8(value)));
      expect(await lengthsOf(file)).to.deep.equal(lengths(fcs));
    });
  }

  it('has the length that the user says, whatever the file says', async () => {
    const marked = pcapFile(PACKETS, { linkFlags: F_BIT | (2 << 12) });
    const file = pcapngFile(PACKETS, 1, option(FCSLEN, u8(4)));
    expect(await lengthsOf(marked, 0)).to.deep.equal(lengths(0));
    expect(await lengthsOf(file, 0)).to.deep.equal(lengths(0));
    expect(await lengthsOf(file, 2)).to.deep.equal(lengths(2));
  });

  it('keeps packets from merging until --fcs takes it off', async () => {
    const segments = [0, 100, 200].map(
      (at): MadePacket => ({
        timeNs: BEGIN_NS,
        bytes: concat(ethernet(ipv4Packet({}, { seq: 1000 + at, payload: pattern(100) })), FCS),
      }),
    );
    const path = folder.write('segments.pcap', pcapFile(segments));
    const flushed = async (...options: string[]): Promise<string | undefined> => {
      const { stdout } = await runCommand(['coalesce', path, ...options]);
      return /^aggregated\/flushed +(\S+)$/m.exec(stdout)?.[1];
    };
    expect(await flushed()).to.equal('-');
    expect(await flushed('--fcs', '4')).to.equal('3.00');
  });
});
