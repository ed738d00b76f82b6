import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';
import { type PlainPacket, readCapture } from '../helpers/read-capture.ts';
import { CAPTURES, needTool, useTempFolder, VECTORS } from '../helpers/surroundings.ts';
import { tsharkFields } from '../helpers/tshark.ts';

const FOLDER = join(VECTORS, 'resegment');
const VERIFY = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE'];
/** Pseudo-random but always the same: polls of different lengths. */
const POLLS = ['window:125:64', 'window:500:64', 'batch:3', 'end'];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Data packets from one host, in the order of flow and sequence number. */
function dataOf(packets: readonly PlainPacket[], source: string): PlainPacket[] {
  const key = ({ bytes, tcp }: PlainPacket): string =>
    `${hex(bytes.subarray(tcp!.at, tcp!.at + 2))} ${String(tcp!.seq >>> 0).padStart(10, '0')}`;
  return packets
    .filter((packet) => packet.tcp !== null && packet.tcp.payloadBytes > 0)
    .filter(({ bytes, ip }) => hex(bytes.subarray(ip!.at, ip!.at + 40)).includes(source))
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Headers but the TCP checksum. */
function headers({ bytes, tcp }: PlainPacket): string {
  const { at, flags } = tcp!;
  const end = at + ((flags >> 10) & 0x3c);
  return `${hex(bytes.subarray(0, at + 16))} ${hex(bytes.subarray(at + 18, end))}`;
}

describe('analyze --resegment', () => {
  const folder = useTempFolder();

  async function segmentsOf(capture: string, ...options: string[]): Promise<PlainPacket[]> {
    const out = folder.path('segments.pcap');
    const arguments_ = ['--engine', 'none', '--resegment', ...options, '-q', '-w', out];
    const { code, stderr } = await runCommand(['coalesce', capture, ...arguments_]);
    expect(code, stderr).to.equal(0);
    return [...(await readCapture(out)).packets];
  }

  describe('on what a running kernel merged', () => {
    for (const [name, source] of [
      ['v4', '0a090001'],
      ['v6', 'fd090000000000000000000000000001'],
    ] as const) {
      it(`${name}: gives back what was on the wire, byte for byte`, async () => {
        const wire = dataOf((await readCapture(join(FOLDER, `${name}.wire.pcap.gz`))).packets, source);
        const merged = join(FOLDER, `${name}.merged.pcap.gz`);
        const segments = dataOf(await segmentsOf(merged), source);
        expect(wire.length).to.be.above(200);
        expect(dataOf((await readCapture(merged)).packets, source).length).to.be.below(20);
        expect(segments.map(({ bytes }) => hex(bytes))).to.deep.equal(wire.map(({ bytes }) => hex(bytes)));
      });
    }

    it('four flows, headers only: gives back all headers but the checksum', async () => {
      const source = '0a090001';
      const wire = dataOf((await readCapture(join(FOLDER, 'v4-f4.wire.pcap.gz'))).packets, source);
      const segments = dataOf(await segmentsOf(join(FOLDER, 'v4-f4.merged.pcap.gz')), source);
      expect(wire.length).to.be.above(5000);
      expect(segments.map(headers)).to.deep.equal(wire.map(headers));
      expect(segments.map(({ wireBytes }) => wireBytes)).to.deep.equal(
        wire.map(({ wireBytes }) => wireBytes),
      );
    });
  });

  describe('on what linux-gro merged of real captures', () => {
    for (const [name, isWhole] of [
      ['full-f4', true],
      ['f16', false],
      ['loss1-f4-rtt2ms', false],
      ['mtu9000-f1', false],
      ['v6-f4', false],
      ['web-8thr', false],
    ] as const) {
      it(`${name}: gives the packets back`, async () => {
        const capture = join(CAPTURES, `${name}.pcap.gz`);
        const merged = folder.path('merged.pcap');
        const poll = POLLS[name.length % POLLS.length]!;
        const arguments_ = ['--engine', 'linux-gro', '--poll', poll, '-q', '-w', merged];
        expect((await runCommand(['coalesce', capture, ...arguments_])).code).to.equal(0);
        const original = await segmentsOf(capture);
        const skbs = (await readCapture(merged)).packets.length;
        const segments = await segmentsOf(merged, '--receiver', 'all');
        expect(skbs).to.be.below(original.length / 2);
        const text = isWhole ? ({ bytes }: PlainPacket): string => hex(bytes) : headersOrAll;
        expect(segments.map(text).toSorted()).to.deep.equal(original.map(text).toSorted());
      });
    }
    const headersOrAll = (packet: PlainPacket): string =>
      packet.tcp === null || packet.tcp.payloadBytes === 0 ? hex(packet.bytes) : headers(packet);
  });

  it('writes segments whose checksums tshark finds right', async function () {
    needTool(this, 'tshark');
    for (const name of ['v4.merged', 'v4.unsplit', 'v6.merged']) {
      await segmentsOf(join(FOLDER, `${name}.pcap.gz`));
      const fields = [
        'ip.version',
        'tcp.len',
        'ip.checksum.status',
        'tcp.checksum.status',
        'frame.len',
      ] as const;
      const rows = await tsharkFields(folder.path('segments.pcap'), fields, { preferences: VERIFY });
      const data = rows.filter((row) => Number(row['tcp.len']) > 0);
      expect(data.length, name).to.be.above(200);
      expect(Math.max(...data.map((row) => Number(row['frame.len']))), name).to.equal(1514);
      // A tail that was sent alone kept the unfinished checksum of the capture: only segments are counted.
      const wrong = data.filter((row) => row['tcp.checksum.status'] !== '1');
      expect(wrong, name).to.deep.equal([]);
      const isIpv4 = data.filter((row) => row['ip.version'] === '4');
      expect(
        isIpv4.every((row) => row['ip.checksum.status'] === '1'),
        name,
      ).to.equal(true);
    }
  });

  it('says what it split, in text and in the record', async () => {
    const merged = join(FOLDER, 'v4.merged.pcap.gz');
    const plain = await runCommand([merged, '--format', 'none', '--json']);
    expect(plain.stderr).to.match(/W-SUPERPACKET: 17 packets .* --resegment/);
    expect((JSON.parse(plain.stdout) as { receiver: unknown }).receiver).to.include({ resegmented: null });
    const { stdout, stderr } = await runCommand([merged, '--format', 'none', '--json', '--resegment']);
    expect(stderr).not.to.contain('W-SUPERPACKET');
    const { receiver } = JSON.parse(stdout) as { receiver: { resegmented: unknown; superPackets: number } };
    expect(receiver.superPackets).to.equal(0);
    expect(receiver.resegmented).to.deep.include({
      superPackets: 17,
      segments: 417,
      smallestSegmentBytes: 1448,
      largestSegmentBytes: 1448,
      sizeSources: [{ source: 'handshake', superPackets: 17 }],
      linkMbps: 1000,
    });
    const text = await runCommand([merged, '--format', 'none', '--resegment']);
    expect(text.stdout).to.match(/Resegmented: 17 super-packets were split into 417 segments of 1448 bytes/);
    const summary = await runCommand(['coalesce', merged, '--resegment', '--link-mbps', '10000']);
    expect(summary.stderr).to.match(/17 super-packets were split into 417 segments .* 10000 Mbit\/s/);
  });

  it('warns where the capture is faster than the link', async () => {
    const { stderr } = await runCommand([
      ...['coalesce', join(FOLDER, 'v4.merged.pcap.gz'), '--resegment', '--link-mbps', '10'],
    ]);
    expect(stderr).to.match(/W-LINK-RATE: segments arrive up to \d+\.\d ms after/);
  });

  it('keeps record numbers of the capture, in JSON lines and in files of polls', async () => {
    const merged = join(FOLDER, 'v4.merged.pcap.gz');
    const { packets } = await readCapture(merged);
    // A poll ends with each data packet: all of its segments stay in it.
    const last = packets.flatMap(({ tcp }, i) => (tcp !== null && tcp.payloadBytes > 0 ? [i] : []));
    const polls = folder.write('polls', last.map((packet) => `${packet}\n`).join(''));
    const arguments_ = ['--engine', 'linux-gro', '--poll', `file:${polls}`, '--resegment', '--jsonl', '-q'];
    const { stdout } = await runCommand(['coalesce', merged, ...arguments_]);
    const lines = stdout.trimEnd().split('\n').slice(0, -1);
    const skbs = lines.map((line) => JSON.parse(line) as { packets: number[]; ipLength: number | null });
    const data = skbs.filter(({ packets: records }) => last.includes(records[0]!));
    expect(data.map(({ packets: records }) => [...new Set(records)])).to.deep.equal(last.map((one) => [one]));
    expect(data.map(({ ipLength }) => ipLength)).to.deep.equal(last.map((one) => packets[one]!.ip!.length));
  });

  it('refuses what means nothing', async () => {
    const merged = join(FOLDER, 'v4.merged.pcap.gz');
    for (const [extra, found] of [
      [['--link-mbps', '100'], /--link-mbps counts only with --resegment/],
      [['--resegment', '--link-mbps', '0'], /--link-mbps/],
      [['--resegment', '--polls-out', folder.path('p')], /--polls-out/],
    ] as const) {
      const { code, stderr } = await runCommand(['coalesce', merged, ...extra]);
      expect(code).to.equal(2);
      expect(stderr).to.match(found);
    }
  });

  it('gives the same from stdin, and with a receiver that was named', async () => {
    const merged = join(FOLDER, 'v4.merged.pcap.gz');
    const usual = await segmentsOf(merged);
    const file = readFileSync(folder.path('segments.pcap'));
    await segmentsOf(merged, '--receiver', '10.9.0.2');
    const named = await readCapture(folder.path('segments.pcap'));
    const bytes = (packets: readonly PlainPacket[]): string[] =>
      dataOf(packets, '0a090001').map((packet) => hex(packet.bytes));
    expect(bytes(named.packets)).to.deep.equal(bytes(usual));
    const arguments_ = ['--engine', 'none', '--resegment', '-q', '-w', folder.path('stdin.pcap')];
    await runCommand(['coalesce', '-', ...arguments_], { input: readFileSync(merged) });
    expect(readFileSync(folder.path('stdin.pcap')).equals(file)).to.equal(true);
  });
});
