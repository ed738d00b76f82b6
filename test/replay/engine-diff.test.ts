import { expect } from 'chai';
import { createPacketTable } from '../../src/packet/table.ts';
import { createEngineDiff, type EngineDiff } from '../../src/replay/engine-diff.ts';
import { pattern } from '../helpers/bytes.ts';
import { explainFrames } from '../helpers/explain-run.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, ipv4Packet, type TcpFields, timestamps } from '../helpers/packets.ts';

function segment(i: number, tcp: Partial<TcpFields> = {}): Uint8Array {
  const options = timestamps(7, 7);
  return ethernet(
    ipv4Packet({ id: 10 + i }, { seq: 1000 + 100 * i, options, payload: pattern(100, i), ...tcp }),
  );
}

const PSH = { flags: FLAG.ACK | FLAG.PSH };

function parted(frames: readonly Uint8Array[], listed = 20): ReturnType<EngineDiff['result']> {
  const table = createPacketTable(7);
  const diff = createEngineDiff(table, listed);
  for (const [side, engine] of (['inet_lro', 'linux-gro'] as const).entries()) {
    explainFrames(frames, { engine, lastPackets: [5], table, observer: diff.sinks[side as 0 | 1] });
  }
  return diff.result();
}

describe('where two engines part', () => {
  it('is nowhere for a plain train', () => {
    const frames = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => segment(i));
    expect(parted(frames)).to.deep.equal({ packets: 8, differentPackets: 0, byReasons: [], places: [] });
  });

  it('is after a PSH: by the reasons of both, and the first places', () => {
    const frames = [segment(0), segment(1, PSH), segment(2), segment(3), segment(4), segment(5), segment(6)];
    const whole = { firstPacket: 0, lastPacket: 5, segments: 6, reason: 'poll-end' };
    expect(parted(frames)).to.deep.equal({
      packets: 7,
      differentPackets: 6,
      byReasons: [
        { reasons: ['poll-end', 'poll-end'], packets: 4 },
        { reasons: ['poll-end', 'psh'], packets: 2 },
      ],
      places: [
        { packet: 0, deliveries: [whole, { firstPacket: 0, lastPacket: 1, segments: 2, reason: 'psh' }] },
        {
          packet: 2,
          deliveries: [whole, { firstPacket: 2, lastPacket: 5, segments: 4, reason: 'poll-end' }],
        },
      ],
    });
  });

  it('lists no more places than asked for, and counts all', () => {
    const frames = Array.from({ length: 30 }, (_, i) => segment(i, PSH));
    const { places, differentPackets, packets } = parted(frames, 3);
    expect(places.map(({ packet }) => packet)).to.deep.equal([0, 1, 2]);
    expect([differentPackets, packets]).to.deep.equal([30, 30]);
  });
});
