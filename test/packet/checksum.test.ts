import { expect } from 'chai';
import fc from 'fast-check';
import { complement, fold, sum16, verifyTcpChecksum } from '../../src/packet/checksum.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { concat, pattern, replaced, u8, viewOf } from '../helpers/bytes.ts';
import { fillTable } from '../helpers/fill-table.ts';
import { onesSum } from '../helpers/internet-checksum.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet, ipv6Packet } from '../helpers/packets.ts';

describe('sum16', () => {
  it('is the sum by the book for every length up to 2048, wherever it begins', () => {
    for (const [kind, byte] of [
      ['mixed', (i: number): number => (i * 151 + (i >> 3)) & 0xff],
      ['ones', (): number => 0xff],
      ['zeros', (): number => 0],
      ['high', (i: number): number => 0xf0 | (i & 15)],
    ] as const) {
      const bytes = Uint8Array.from({ length: 2052 }, (_, i) => byte(i));
      const view = viewOf(bytes);
      for (let length = 0; length <= 2048; length++) {
        const at = length % 4;
        const found = sum16(view, at, length);
        if (found !== onesSum(bytes.subarray(at, at + length)))
          expect(found, `${kind}, ${length} bytes from ${at}`).to.equal(
            onesSum(bytes.subarray(at, at + length)),
          );
      }
    }
  });

  it('does not overflow on the largest frame', () => {
    const bytes = new Uint8Array(262_144).fill(0xff);
    expect(sum16(viewOf(bytes), 0, bytes.length)).to.equal(0xffff);
    bytes.fill(0xfe);
    expect(sum16(viewOf(bytes), 0, bytes.length)).to.equal(onesSum(bytes));
  });

  it('looks at no byte outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(9), fc.nat(255), (bytes, before, around) => {
        const all = concat(u8(...Array(before).fill(around)), bytes, u8(around, around, around, around));
        expect(sum16(viewOf(all), before, bytes.length)).to.equal(onesSum(bytes));
      }),
    );
  });
});

describe('fold and complement', () => {
  it('keep a sum modulo 65535', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (sum) => {
        const folded = fold(sum);
        expect(folded).to.be.within(sum === 0 ? 0 : 1, 0xffff);
        expect(folded % 65_535).to.equal(sum % 65_535);
        expect((complement(sum) + sum) % 65_535).to.equal(0);
        expect(complement(sum)).to.be.below(0xffff);
      }),
    );
  });
});

describe('verifyTcpChecksum', () => {
  function verify(bytes: Uint8Array, captured = bytes.length): boolean {
    const table = createPacketTable(1);
    fillTable(table, [{ bytes: bytes.slice(0, captured), wireBytes: bytes.length, linkType: 1, timeNs: 0 }]);
    createDecoder(table)();
    expect(table.tcpAt[0]).to.be.above(0);
    return verifyTcpChecksum(table, 0);
  }
  const extensions = [{ protocol: 60, bytes: new Uint8Array(8) }];

  it('accepts right checksums of IPv4 and IPv6, of any length, with padding', () => {
    for (const length of [0, 1, 2, 3, 4, 5, 1447, 1448]) {
      const tcp = { payload: pattern(length) };
      for (const packet of [ipv4Packet({}, tcp), ipv6Packet({}, tcp), ipv6Packet({ extensions }, tcp)]) {
        expect(verify(ethernet(packet))).to.equal(true);
        expect(verify(concat(ethernet(packet), pattern(7)))).to.equal(true);
      }
    }
  });

  it('refuses a change of any bit of the segment or the addresses, and of no other', () => {
    const frame = ethernet(ipv4Packet({}, { payload: pattern(21) }));
    for (let at = 14; at < frame.length; at++) {
      // Lengths, version, protocol, fragment and the data offset change more than the sum.
      if (at < 26 || at === 46) continue;
      expect(verify(replaced(frame, at, u8(frame[at]! ^ 0x10))), `byte ${at}`).to.equal(false);
    }
    for (const at of [15, 18, 22, 24])
      expect(verify(replaced(frame, at, u8(frame[at]! ^ 0x10)))).to.equal(true);
  });

  it('knows nothing of a segment that was not captured whole', () => {
    const wrong = ethernet(ipv4Packet({}, { payload: pattern(100), checksumError: 1 }));
    expect(verify(wrong)).to.equal(false);
    expect(verify(wrong, wrong.length - 1)).to.equal(true);
  });
});
