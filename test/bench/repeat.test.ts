import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { isInstalled } from '../../bench/commands.ts';
import { type PcapRecord, pcapRecords, viewOf } from '../../bench/records.ts';
import { type Format, repeat } from '../../bench/repeat.ts';
import { loadTemplate, makeTemplate } from '../../bench/template.ts';

const REPETITIONS = 3;
const WITH_PAYLOAD = loadTemplate(
  fileURLToPath(new URL('../../../captures/full-f4.pcap.gz', import.meta.url)),
);
const COUNT = WITH_PAYLOAD.packets.length;

function repeated(format: Format, portSets = REPETITIONS): Uint8Array {
  const copies: Buffer[] = [];
  for (const chunk of repeat(WITH_PAYLOAD, { format, repetitions: REPETITIONS, portSets })) {
    copies.push(Buffer.from(chunk));
  }
  return Buffer.concat(copies);
}

/** Both ports of each TCP segment (all of this capture are, over IPv4 without options), lower one first. */
function connections(bytes: Uint8Array, records: readonly PcapRecord[]): Set<string> {
  const view = viewOf(bytes);
  return new Set(
    records.map(({ offset }) => {
      const ports = [view.getUint16(offset + 34), view.getUint16(offset + 36)];
      return ports.sort((a, b) => a - b).join('-');
    }),
  );
}

/** Ones-complement sum over the pseudo header and the whole segment: 0xffff where the TCP checksum is right. */
function tcpSum(bytes: Uint8Array, { offset }: PcapRecord): number {
  const view = viewOf(bytes);
  const ipLength = view.getUint16(offset + 16);
  const tcpLength = ipLength - 20;
  let sum = 6 + tcpLength;
  for (let i = 0; i < 8; i += 2) sum += view.getUint16(offset + 26 + i);
  for (let i = 0; i + 1 < tcpLength; i += 2) sum += view.getUint16(offset + 34 + i);
  if (tcpLength % 2 === 1) sum += view.getUint8(offset + 34 + tcpLength - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

describe('bench: repeating a capture', () => {
  it('repeats every packet with its lengths and its distance in time', () => {
    const source = WITH_PAYLOAD.packets;
    const records = [...pcapRecords(repeated('pcap'))];
    expect(records).to.have.length(REPETITIONS * COUNT);
    for (const [i, record] of records.entries()) {
      const packet = source[i % COUNT]!;
      const shiftNs = Math.floor(i / COUNT) * WITH_PAYLOAD.periodNs;
      expect(record.capturedBytes).to.equal(packet.capturedBytes);
      expect(record.wireBytes).to.equal(packet.wireBytes);
      expect(Number(record.timeNs - WITH_PAYLOAD.startNs)).to.equal(packet.timeNs + shiftNs);
    }
  });

  it('lets time go on: each repetition starts after all of the one before', () => {
    const times = [...pcapRecords(repeated('pcap'))].map(({ timeNs }) =>
      Number(timeNs - WITH_PAYLOAD.startNs),
    );
    for (let i = COUNT; i < times.length; i += COUNT) {
      const before = times.slice(i - COUNT, i);
      const after = times.slice(i, i + COUNT);
      expect(Math.min(...after)).to.be.above(Math.max(...before));
    }
  });

  it('opens connections of its own in each repetition, as many as there are port sets', () => {
    const once = WITH_PAYLOAD.clientPorts.length;
    expect(once).to.equal(5);
    for (const portSets of [1, 2, REPETITIONS]) {
      const bytes = repeated('pcap', portSets);
      expect(connections(bytes, [...pcapRecords(bytes)])).to.have.property('size', portSets * once);
    }
  });

  it('keeps TCP checksums right', () => {
    const bytes = repeated('pcap');
    const wrong = [...pcapRecords(bytes)].filter((record) => tcpSum(bytes, record) !== 0xffff);
    expect(wrong).to.deep.equal([]);
  });

  it('writes the same packets as pcapng', () => {
    const pcap = repeated('pcap');
    const pcapng = repeated('pcapng');
    const view = viewOf(pcapng);
    const ENHANCED_PACKET = 6;
    const types: number[] = [];
    let at = 0;
    const records = pcapRecords(pcap);
    while (at < pcapng.length) {
      const type = view.getUint32(at, true);
      const blockBytes = view.getUint32(at + 4, true);
      expect(view.getUint32(at + blockBytes - 4, true)).to.equal(blockBytes);
      if (type === ENHANCED_PACKET) {
        const record = records.next().value as PcapRecord;
        const time = (BigInt(view.getUint32(at + 12, true)) << 32n) | BigInt(view.getUint32(at + 16, true));
        expect(time).to.equal(record.timeNs);
        expect(view.getUint32(at + 24, true)).to.equal(record.wireBytes);
        const data = pcapng.subarray(at + 28, at + 28 + view.getUint32(at + 20, true));
        const same = Buffer.compare(data, pcap.subarray(record.offset, record.offset + record.capturedBytes));
        expect(same).to.equal(0);
      } else {
        types.push(type);
      }
      at += blockBytes;
    }
    expect(records.next().done).to.equal(true);
    expect(types).to.deep.equal([0x0a0d0d0a, 1]);
  });

  for (const format of ['pcap', 'pcapng'] as const) {
    // Where Wireshark's tools are there, they must agree.
    (isInstalled('capinfos') ? it : it.skip)(`writes a ${format} that capinfos reads alike`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'analyze-test-'));
      try {
        const file = join(folder, `repeated.${format}`);
        writeFileSync(file, repeated(format));
        const { stdout } = spawnSync('capinfos', ['-TMr', '-c', '-d', '-u', file], { encoding: 'utf8' });
        const wireBytes = WITH_PAYLOAD.packets.reduce((sum, packet) => sum + packet.wireBytes, 0);
        const [, packets, bytes, seconds] = stdout.trim().split('\t');
        expect([packets, bytes]).to.deep.equal([
          String(REPETITIONS * COUNT),
          String(REPETITIONS * wireBytes),
        ]);
        const times = WITH_PAYLOAD.packets.map(({ timeNs }) => timeNs);
        const lengthNs = Math.max(...times) + (REPETITIONS - 1) * WITH_PAYLOAD.periodNs;
        expect(Number(seconds) * 1e9).to.be.closeTo(lengthNs, 1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it('leaves packets without a TCP header as they are', () => {
    const frame = Buffer.alloc(61, 0xab);
    const file = Buffer.alloc(24 + 16 + frame.length);
    file.writeUInt32LE(0xa1b23c4d, 0);
    file.writeUInt32LE(1, 20);
    file.writeUInt32LE(frame.length, 32);
    file.writeUInt32LE(frame.length, 36);
    frame.copy(file, 40);
    const chunks = [...repeat(makeTemplate(file), { format: 'pcap', repetitions: 2, portSets: 2 })];
    expect(Buffer.compare(chunks[2]!.subarray(16), frame)).to.equal(0);
  });

  it('refuses what is no pcap, and a pcap that is cut', () => {
    expect(() => makeTemplate(Buffer.from('no capture at all, only a text of some length'))).to.throw(
      'not a little-endian classic pcap',
    );
    const whole = repeated('pcap');
    expect(() => makeTemplate(whole.subarray(0, whole.length - 1))).to.throw('is cut off');
  });
});
