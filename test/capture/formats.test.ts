import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { absoluteTimeNs, type PlainCapture, readCapture, withoutTime } from '../helpers/read-capture.ts';
import { FORMATS, filesIn } from '../helpers/surroundings.ts';

interface Encoding {
  readonly format: 'pcap' | 'pcapng';
  /** How far its time stamps, cut off to their unit and then to whole ns, may lie before the truth. */
  readonly earlyNs: number;
}

const MICROSECONDS = 999;
/** 2^-20 s is 953.7 ns, 2^-30 s 0.93 ns. */
const BINARY_20 = 954;
const BINARY_30 = 1;

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'base.nsecpcap.pcap.gz': { format: 'pcap', earlyNs: 0 },
  'base.pcap.gz': { format: 'pcap', earlyNs: MICROSECONDS },
  'base.be-us.pcap.gz': { format: 'pcap', earlyNs: MICROSECONDS },
  'base.be-ns.pcap.gz': { format: 'pcap', earlyNs: 0 },
  'base.modpcap.gz': { format: 'pcap', earlyNs: MICROSECONDS },
  'base.le-mod.pcap.gz': { format: 'pcap', earlyNs: MICROSECONDS },
  'base.be-mod.pcap.gz': { format: 'pcap', earlyNs: MICROSECONDS },
  'base.pcapng.gz': { format: 'pcapng', earlyNs: 0 },
  'base.ng-be-ns.pcapng.gz': { format: 'pcapng', earlyNs: 0 },
  'base.ng-le-default-us.pcapng.gz': { format: 'pcapng', earlyNs: MICROSECONDS },
  'base.ng-le-100ns.pcapng.gz': { format: 'pcapng', earlyNs: 99 },
  'base.ng-le-2p20.pcapng.gz': { format: 'pcapng', earlyNs: BINARY_20 },
  'base.ng-le-2p30.pcapng.gz': { format: 'pcapng', earlyNs: BINARY_30 },
  'base.ng-le-tsoffset.pcapng.gz': { format: 'pcapng', earlyNs: 0 },
  'base.ng-le-3if-mixedres.pcapng.gz': { format: 'pcapng', earlyNs: MICROSECONDS },
};

describe('the fifteen encodings of one capture', () => {
  let original: PlainCapture;

  before(async () => {
    original = await readCapture(join(FORMATS, 'base.nsecpcap.pcap.gz'));
  });

  it('are all there', () => {
    expect(filesIn(FORMATS).filter((name) => name !== 'README.md')).to.have.members(Object.keys(ENCODINGS));
  });

  it('the original has the packets that its bytes hold, by a plain walk', () => {
    const bytes = gunzipSync(readFileSync(join(FORMATS, 'base.nsecpcap.pcap.gz')));
    let at = 24;
    for (const [index, packet] of original.packets.entries()) {
      const captured = bytes.readUInt32LE(at + 8);
      const timeNs = BigInt(bytes.readUInt32LE(at)) * 1_000_000_000n + BigInt(bytes.readUInt32LE(at + 4));
      expect(absoluteTimeNs(original, packet), `packet ${index}`).to.equal(timeNs);
      expect(packet.wireBytes, `packet ${index}`).to.equal(bytes.readUInt32LE(at + 12));
      expect(
        Buffer.compare(packet.bytes, bytes.subarray(at + 16, at + 16 + captured)),
        `packet ${index}`,
      ).to.equal(0);
      at += 16 + captured;
    }
    expect(at).to.equal(bytes.length);
    expect(original.packets).to.have.length(3000);
    expect(original.packets.filter((packet) => packet.tcp !== null)).to.have.length.above(2000);
  });

  for (const [name, { format, earlyNs }] of Object.entries(ENCODINGS)) {
    it(`${name} decodes to the same packets, times to ${earlyNs} ns`, async () => {
      const capture = await readCapture(join(FORMATS, name));
      expect(capture.format).to.equal(format);
      expect(capture.compression).to.equal('gzip');
      expect(capture.fault).to.equal(null);
      expect(capture.packets).to.have.length(original.packets.length);
      capture.packets.forEach((packet, index) => {
        const expected = original.packets[index]!;
        const lateNs = absoluteTimeNs(original, expected) - absoluteTimeNs(capture, packet);
        expect(Number(lateNs), `time of packet ${index}`).to.be.within(0, earlyNs);
        expect(withoutTime(packet), `packet ${index}`).to.equal(withoutTime(expected));
      });
    });
  }
});
