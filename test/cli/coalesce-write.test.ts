import { join } from 'node:path';
import { expect } from 'chai';
import { concat, pattern, u8 } from '../helpers/bytes.ts';
import {
  END_OF_OPTIONS,
  enhancedBlock,
  interfaceBlock,
  option,
  sectionBlock,
} from '../helpers/capture-files.ts';
import { runCommand } from '../helpers/command.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';
import { absoluteTimeNs, readCapture, withoutTime } from '../helpers/read-capture.ts';
import { CAPTURES, FORMATS, needTool, useTempFolder, VECTORS } from '../helpers/surroundings.ts';
import { tsharkFields } from '../helpers/tshark.ts';

const WHOLE = join(CAPTURES, 'full-f4.pcap.gz');
const HEADERS = join(CAPTURES, 'f1.pcap.gz');
const VERIFY = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE'];
/** tshark's word for a checksum that is right. */
const GOOD = '1';

const FIELDS = [
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.comment',
  'ip.len',
  'ip.checksum.status',
  'tcp.seq',
  'tcp.ack',
  'tcp.window_size_value',
  'tcp.len',
  'tcp.payload',
  'tcp.checksum.status',
  'tcp.options.timestamp.tsval',
  'tcp.options.timestamp.tsecr',
  '_ws.malformed',
] as const;

interface Line {
  readonly packets: readonly number[];
  readonly segments: number;
  readonly reason: string;
  readonly lro: boolean;
  readonly ipLength: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly tsval: number;
  readonly tsecr: number;
}

describe('coalesce -w', () => {
  const folder = useTempFolder();

  /** The packets of WHOLE in tshark. */
  let originals: Awaited<ReturnType<typeof tsharkFields<(typeof FIELDS)[number]>>> | undefined;

  /** Runs it, and returns the skbs of its JSON lines. */
  async function write(capture: string, out: string, options: readonly string[]): Promise<Line[]> {
    const { stdout, stderr, code } = await runCommand([
      'coalesce',
      capture,
      '-w',
      out,
      '--jsonl',
      ...options,
    ]);
    expect(stderr).to.contain(`analyze: wrote ${out}`);
    expect(code).to.equal(0);
    return stdout
      .split('\n')
      .slice(0, -2)
      .map((line) => JSON.parse(line) as Line);
  }

  for (const [extension, poll] of [
    ['pcap', 'batch:24'],
    ['pcapng', 'window:200:64'],
    ['pcapng', 'end'],
  ] as const) {
    it(`whole packets to a ${extension}, polls ${poll}: tshark finds the members' payload, and every checksum right`, async function () {
      needTool(this, 'tshark');
      const out = folder.path(`whole-${poll.replaceAll(':', '-')}.${extension}`);
      const lines = await write(WHOLE, out, ['--poll', poll]);
      originals ??= await tsharkFields(WHOLE, FIELDS);
      const written = await tsharkFields(out, FIELDS, { preferences: VERIFY });
      expect(written).to.have.length(lines.length);
      expect(lines.filter(({ segments }) => segments > 1)).to.have.length.above(20);
      written.forEach((row, i) => {
        const line = lines[i]!;
        const members = line.packets.map((number) => originals![number]!);
        const payload = members.map((member) => member['tcp.payload']).join('');
        expect(row['_ws.malformed'], `record ${i}`).to.equal('');
        expect(row['tcp.payload'] === payload, `payload of record ${i}`).to.equal(true);
        expect({
          length: row['frame.len'],
          captured: row['frame.cap_len'],
          ipLength: row['ip.len'],
          checksums: [row['ip.checksum.status'], row['tcp.checksum.status']],
          seq: row['tcp.seq'],
          ack: row['tcp.ack'],
          window: row['tcp.window_size_value'],
          tsval: row['tcp.options.timestamp.tsval'],
          tsecr: row['tcp.options.timestamp.tsecr'],
          comment: row['frame.comment'],
        }).to.deep.equal({
          length: String(14 + line.ipLength),
          captured: String(14 + line.ipLength),
          ipLength: String(line.ipLength),
          checksums: [GOOD, GOOD],
          seq: members[0]!['tcp.seq'],
          ack: members.at(-1)!['tcp.ack'],
          window: members.at(-1)!['tcp.window_size_value'],
          tsval: members[0]!['tcp.options.timestamp.tsval'],
          tsecr: members.at(-1)!['tcp.options.timestamp.tsecr'],
          comment: extension === 'pcapng' ? `${line.segments} segments, ${line.reason}` : '',
        });
        expect(Number(row['tcp.len'])).to.equal(payload.length / 2);
        expect(String(line.ipLength)).to.equal(row['ip.len']);
        expect([line.seq, line.ack, line.window].join()).to.equal(
          [row['tcp.seq'], row['tcp.ack'], row['tcp.window_size_value']].join(),
        );
      });
    });
  }

  it('the time of a record is that of the packet that arrived last before the delivery', async () => {
    const out = folder.path('times.pcapng');
    const lines = await write(WHOLE, out, ['--poll', 'batch:24', '--max-aggr', '8', '--receiver', 'all']);
    const original = await readCapture(WHOLE);
    const written = await readCapture(out);
    const reasons = new Set<string>();
    written.packets.forEach((packet, i) => {
      const { packets, reason, lro } = lines[i]!;
      reasons.add(reason);
      let newest = packets.at(-1)!;
      if (reason === 'poll-end') newest = newest - (newest % 24) + 23;
      else if (reason === 'capture-end') newest = original.packets.length - 1;
      // What ended the merge is delivered next, and came after that.
      else if (lro && reason !== 'max-aggr') newest = lines[i + 1]!.packets[0]! - 1;
      const expected = absoluteTimeNs(original, original.packets[newest]!);
      expect(absoluteTimeNs(written, packet), `record ${i}, ${reason}`).to.equal(expected);
    });
    expect([...reasons]).to.include.members(['poll-end', 'max-aggr', 'no-payload']);
  });

  it('headers only: the original lengths count all payload, whatever was captured', async function () {
    needTool(this, 'tshark');
    const out = folder.path('headers.pcap');
    const lines = await write(HEADERS, out, ['--poll', 'batch:64']);
    const original = await readCapture(HEADERS);
    const written = await tsharkFields(out, ['frame.len', 'frame.cap_len', 'ip.len', 'tcp.seq']);
    expect(written).to.have.length(lines.length);
    let merged = 0;
    written.forEach((row, i) => {
      const { ipLength, seq, segments, packets } = lines[i]!;
      if (segments > 1) merged++;
      expect([row['frame.len'], row['ip.len'], row['tcp.seq']].join(), `record ${i}`).to.equal(
        [14 + ipLength, ipLength, seq].join(),
      );
      const first = original.packets[packets[0]!]!;
      const captured = Number(row['frame.cap_len']);
      // Payload goes on until the first gap, which is inside the first member if that was cut.
      if (first.capturedBytes < first.wireBytes)
        expect(captured, `record ${i}`).to.equal(first.capturedBytes);
      else expect(captured, `record ${i}`).to.be.within(first.capturedBytes, 14 + ipLength);
    });
    expect(merged).to.be.above(500);
  });

  for (const extension of ['pcap', 'pcapng']) {
    it(`--engine none writes a ${extension} of the same packets`, async () => {
      for (const capture of [
        WHOLE,
        join(FORMATS, 'base.ng-le-3if-mixedres.pcapng.gz'),
        join(FORMATS, 'base.be-ns.pcap.gz'),
      ]) {
        const out = folder.path(`none.${extension}`);
        await write(capture, out, ['--engine', 'none', '--receiver', 'all']);
        const original = await readCapture(capture);
        const copy = await readCapture(out);
        expect(copy.fault).to.equal(null);
        expect(copy.packets.map(withoutTime).join('\n')).to.equal(
          original.packets.map(withoutTime).join('\n'),
        );
        expect(copy.packets.map((packet) => absoluteTimeNs(copy, packet))).to.deep.equal(
          original.packets.map((packet) => absoluteTimeNs(original, packet)),
        );
      }
    });
  }

  const vectors: readonly (readonly [name: string, options: readonly string[], tcpChecksums: string])[] = [
    ['odd_sizes', [], 'good'],
    ['desc_order', [], 'good'],
    ['vlan', ['--vlan', 'strip'], 'good'],
    ['vlan', ['--vlan', 'inband', '--lro-mode', 'frags'], 'good'],
    ['tcp_csum_bad', [], 'one bad'],
    ['ip_csum_bad', [], 'good'],
  ];
  for (const [name, options, checksums] of vectors) {
    it(`the vector ${[name, ...options].join(' ')}: merged packets in tshark`, async function () {
      needTool(this, 'tshark');
      const out = folder.path(`${name}.pcapng`);
      const lines = await write(join(VECTORS, 'inet_lro', `${name}.pcap`), out, [
        ...['--receiver', 'all', '--poll', 'end'],
        ...options,
      ]);
      const written = await tsharkFields(out, FIELDS, { preferences: VERIFY });
      expect(written).to.have.length(lines.length);
      const merged = written.filter((_, i) => lines[i]!.segments > 1);
      expect(merged).to.not.deep.equal([]);
      for (const row of merged) {
        expect(row['_ws.malformed']).to.equal('');
        expect(row['ip.checksum.status']).to.equal(GOOD);
        expect(row['frame.len']).to.equal(row['frame.cap_len']);
      }
      const bad = merged.filter((row) => row['tcp.checksum.status'] !== GOOD);
      expect(bad).to.have.length(checksums === 'good' ? 0 : 1);
    });
  }

  it('packets of several link types fit into a pcapng; into a pcap only those of the first', async () => {
    const ip = (seq: number): Uint8Array => ipv4Packet({}, { seq, payload: pattern(100) });
    const nanoseconds = concat(option(9, u8(9)), END_OF_OPTIONS);
    const mixed = folder.write(
      'mixed.pcapng',
      concat(
        sectionBlock(),
        interfaceBlock(1, nanoseconds),
        interfaceBlock(101, nanoseconds),
        enhancedBlock(0, { ticks: 1n, bytes: ethernet(ip(1)) }),
        enhancedBlock(1, { ticks: 2n, bytes: ip(500) }),
        enhancedBlock(1, { ticks: 3n, bytes: ip(900) }),
      ),
    );
    const options = ['--receiver', 'all', '--engine', 'none'];
    await write(mixed, folder.path('copy.pcapng'), options);
    const copy = await readCapture(folder.path('copy.pcapng'));
    expect(copy.packets.map(({ linkType }) => linkType)).to.deep.equal([1, 101, 101]);
    const out = folder.path('copy.pcap');
    const { code, stderr } = await runCommand(['coalesce', mixed, '-w', out, ...options]);
    expect(stderr).to.contain(`W-LINK-TYPE: 2 packets of another link type do not fit into ${out}`);
    expect(code).to.equal(4);
    expect((await readCapture(out)).packets.map(({ linkType }) => linkType)).to.deep.equal([1]);
  });

  it('a capture without packets gives a file without packets', async () => {
    const empty = folder.write('empty.pcapng', concat(sectionBlock(), interfaceBlock(1)));
    for (const extension of ['pcap', 'pcapng']) {
      const out = folder.path(`nothing.${extension}`);
      await write(empty, out, []);
      const capture = await readCapture(out);
      expect(capture.packets).to.deep.equal([]);
      expect(capture.fault).to.equal(null);
    }
  });
});
