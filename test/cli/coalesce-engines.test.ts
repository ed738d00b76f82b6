/** `analyze coalesce` with each engine that is known by its published rules, as a user runs it. */
import { join } from 'node:path';
import { expect } from 'chai';
import { CATALOG, ENGINES } from '../../src/coalesce/catalog.ts';
import type { JsonlStats } from '../../src/replay/skb-json.ts';
import { concat, pattern, u8 } from '../helpers/bytes.ts';
import { enhancedBlock, interfaceBlock, sectionBlock } from '../helpers/capture-files.ts';
import { runCommand } from '../helpers/command.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import { CAPTURES, needTool, useTempFolder } from '../helpers/surroundings.ts';
import { tsharkFields } from '../helpers/tshark.ts';

const WHOLE = join(CAPTURES, 'full-f4.pcap.gz');
const BY_RULES = ENGINES.filter((engine) => CATALOG[engine].verified === 'rules');
const VERIFY = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE'];
const FIELDS = [
  'frame.len',
  'frame.comment',
  'ip.checksum.status',
  'tcp.checksum.status',
  'tcp.seq',
  'tcp.ack',
  'tcp.window_size_value',
  'tcp.payload',
  'tcp.options.timestamp.tsval',
  '_ws.malformed',
] as const;
/** tshark's word for a checksum that is right. */
const GOOD = '1';

interface Line {
  readonly packets: readonly number[];
  readonly segments: number;
  readonly pureAcks?: number;
  readonly reason: string;
  readonly lro: boolean;
  readonly ipLength: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly tsval: number | null;
}

describe('coalesce, engines after published rules', () => {
  const folder = useTempFolder();

  /** The skbs of the JSON lines, and the counters of the last one. */
  async function run(
    capture: string,
    options: readonly string[],
  ): Promise<{ lines: Line[]; stats: JsonlStats; stderr: string }> {
    const { stdout, stderr, code } = await runCommand(['coalesce', capture, '--jsonl', ...options]);
    expect(code, stderr).to.equal(0);
    const parsed = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
    const { stats } = parsed.pop() as unknown as { stats: JsonlStats };
    return { lines: parsed, stats, stderr };
  }

  for (const engine of BY_RULES) {
    it(`${engine}: what -w writes has its members' payload in tshark, and every checksum right`, async function () {
      needTool(this, 'tshark');
      const out = folder.path(`${engine}.pcapng`);
      const { lines, stats } = await run(WHOLE, ['--engine', engine, '--poll', 'batch:48', '-w', out]);
      const originals = await tsharkFields(WHOLE, FIELDS);
      const written = await tsharkFields(out, FIELDS, { preferences: VERIFY });
      expect(written).to.have.length(lines.length);
      expect(lines.filter(({ segments }) => segments > 1)).to.have.length.above(20);
      expect(stats.delivered).to.equal(lines.length);
      written.forEach((row, i) => {
        const { packets, segments, reason, ipLength, seq, ack, window, tsval } = lines[i]!;
        const payload = packets.map((packet) => originals[packet]!['tcp.payload']).join('');
        expect(row['_ws.malformed'], `record ${i}`).to.equal('');
        expect(row['tcp.payload'] === payload, `payload of record ${i}`).to.equal(true);
        expect({
          length: row['frame.len'],
          comment: row['frame.comment'],
          checksums: [row['ip.checksum.status'], row['tcp.checksum.status']],
          fields: [row['tcp.seq'], row['tcp.ack'], row['tcp.window_size_value']],
          tsval: row['tcp.options.timestamp.tsval'],
          first: row['tcp.seq'],
        }).to.deep.equal({
          length: String(14 + ipLength),
          comment: `${segments} segments, ${reason}`,
          checksums: [GOOD, GOOD],
          fields: [seq, ack, window].map(String),
          tsval: tsval === null ? '' : String(tsval),
          first: originals[packets[0]!]!['tcp.seq'],
        });
      });
    });
  }

  it('prepended and odd payloads, IPv4 and IPv6: tshark finds the checksums right', async function () {
    needTool(this, 'tshark');
    const tcp = (seq: number, bytes: number, sourcePort: number): Parameters<typeof ipv4Packet>[1] => ({
      sourcePort,
      seq,
      payload: pattern(bytes, seq),
      options: timestamps(5, 6),
    });
    const packets = [
      ipv4Packet({ id: 3 }, tcp(1303, 33, 1)),
      ipv4Packet({ id: 2 }, tcp(1202, 101, 1)),
      ipv4Packet({ id: 1 }, tcp(1101, 101, 1)),
      ipv6Packet({}, tcp(1101, 101, 2)),
      ipv6Packet({}, tcp(1000, 101, 2)),
      ipv6Packet({}, tcp(1202, 77, 2)),
    ].map((packet, i) => enhancedBlock(0, { ticks: BigInt(i), bytes: concat(ethernet(packet), u8(9, 9)) }));
    const capture = folder.write('backwards.pcapng', concat(sectionBlock(), interfaceBlock(1), ...packets));
    const expected = {
      wireguard: [
        [2, 1, 0],
        [4, 3, 5],
      ],
      'dpdk-gro': [[3], [4], [5], [2, 1, 0]],
    };
    for (const [engine, members] of Object.entries(expected)) {
      const out = folder.path(`backwards-${engine}.pcap`);
      const { lines } = await run(capture, ['--engine', engine, '--receiver', 'all', '-w', out]);
      expect(lines.map(({ packets: of }) => of)).to.deep.equal(members);
      const written = await tsharkFields(out, FIELDS, { preferences: VERIFY });
      lines.forEach(({ segments }, i) => {
        if (segments === 1) return;
        const { 'tcp.checksum.status': tcpStatus, 'ip.checksum.status': ipStatus } = written[i]!;
        expect([tcpStatus, ['', GOOD].includes(ipStatus)], `${engine} ${i}`).to.deep.equal([GOOD, true]);
      });
    }
  });

  it('tells pure ACKs that were absorbed, and only those', async () => {
    const segment = (seq: number, bytes: number, ack: number): Uint8Array =>
      ethernet(ipv4Packet({}, { seq, ack, payload: pattern(bytes) }));
    const packets = [segment(1000, 100, 1), segment(1100, 0, 2), segment(1100, 100, 2)];
    const blocks = packets.map((bytes, i) => enhancedBlock(0, { ticks: BigInt(i), bytes }));
    const capture = folder.write('acks.pcapng', concat(sectionBlock(), interfaceBlock(1), ...blocks));
    const absorbed = await run(capture, ['--engine', 'freebsd', '--receiver', 'all', '--poll', 'end']);
    expect(absorbed.lines).to.have.length(1);
    expect(absorbed.lines[0]).to.include({ segments: 2, pureAcks: 1, ack: 2 });
    expect(absorbed.stats).to.include({ packets: 3, aggregated: 3, flushed: 1, delivered: 1 });
    const refused = await run(capture, ['--engine', 'windows-rsc', '--receiver', 'all', '--poll', 'end']);
    expect(refused.lines.map(({ reason }) => reason)).to.deep.equal(['pure-ack', 'pure-ack', 'capture-end']);
    for (const line of refused.lines) expect(line).to.not.have.property('pureAcks');
  });

  it('says on stderr that nothing was checked against running code, and --quiet does not', async () => {
    for (const engine of ENGINES) {
      const { stderr } = await run(WHOLE, ['--engine', engine]);
      const says = stderr.includes(`engine ${engine}: exact to the published rule table, not checked`);
      expect(says, engine).to.equal(BY_RULES.includes(engine));
    }
    const quiet = await run(WHOLE, ['--engine', 'freebsd', '-q']);
    expect(quiet.stderr).to.equal('');
  });

  it('takes its limits from the options that engines share, and from its own', async () => {
    const most = async (...options: string[]): Promise<number> => {
      const { lines } = await run(WHOLE, ['--poll', 'batch:200', '-q', ...options]);
      return Math.max(...lines.map(({ segments }) => segments));
    };
    for (const engine of ['s2io', 'freebsd', 'windows-rsc', 'dpdk-gro', 'wireguard']) {
      expect(await most('--engine', engine, '--max-aggr', '3'), engine).to.equal(3);
    }
    expect(await most('--engine', 'dpdk-gro')).to.equal(19);
    expect(await most('--engine', 'dpdk-gro', '--dpdk-rules', 'older')).to.be.above(19);
    expect(await most('--engine', 'dpdk-gro', '--burst', '5')).to.equal(5);
    expect(await most('--engine', 'wireguard', '--burst', '5')).to.equal(5);
    expect(await most('--engine', 's2io', '--mtu', '9000')).to.equal(7);
    const full = async (engine: string): Promise<number> =>
      (
        await run(join(CAPTURES, 'f16.pcap.gz'), [
          '--engine',
          engine,
          '--max-desc',
          '1',
          '--poll',
          'batch:200',
          '-q',
        ])
      ).stats.noDesc;
    for (const engine of ['s2io', 'freebsd', 'windows-rsc'])
      expect(await full(engine), engine).to.be.above(0);
  });

  it('--poll napi holds packets with each of them', async () => {
    for (const engine of BY_RULES) {
      const { stdout, code } = await runCommand([
        'coalesce',
        WHOLE,
        '--engine',
        engine,
        '--poll',
        'napi',
        '-q',
      ]);
      expect(code, engine).to.equal(0);
      expect(stdout, engine).to.match(/held, max \(µs\)\s+[1-9]/);
    }
  });
});
