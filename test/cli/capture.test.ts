import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import {
  CAPTURE_HOSTS,
  CAPTURE_POINTS,
  CAPTURE_TIMINGS,
  type CaptureReport,
  CERTAINTIES,
  FITNESSES,
  PURPOSES,
} from '../../src/replay/capture-report.ts';
import { concat, pattern, replaced, u8, u16 } from '../helpers/bytes.ts';
import { type MadePacket, pcapFile } from '../helpers/capture-files.ts';
import { runCommand } from '../helpers/command.ts';
import { ethernet, MAC_A, MAC_B, sll } from '../helpers/links.ts';
import { FLAG, ipv4Packet } from '../helpers/packets.ts';
import { CAPTURES, ROOT, useTempFolder, VECTORS } from '../helpers/surroundings.ts';

interface SchemaNode {
  readonly properties: Readonly<Record<string, SchemaNode>>;
  readonly items: SchemaNode;
  readonly enum: readonly string[];
}

const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'schema', 'capture.schema.json'), 'utf8')) as SchemaNode;
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(SCHEMA);

async function reportOn(capture: string, ...options: string[]): Promise<CaptureReport> {
  const { code, stdout, stderr } = await runCommand(['capture', capture, '--json', ...options]);
  expect(code, stderr).to.equal(0);
  const report = JSON.parse(stdout) as CaptureReport;
  validate(report);
  expect(validate.errors ?? []).to.deep.equal([]);
  return report;
}

const fits = (report: CaptureReport): string => report.uses.map(({ fit }) => fit).join(' ');

describe('analyze capture', () => {
  const folder = useTempFolder();

  describe('on captures whose place is known', () => {
    const cases = [
      [
        'vectors/resegment/v4.merged.pcap.gz',
        'after-gro',
        'sure',
        'receiver',
        'with-resegment with-resegment no yes no',
      ],
      [
        'vectors/resegment/v6.merged.pcap.gz',
        'after-gro',
        'sure',
        'receiver',
        'with-resegment with-resegment no yes no',
      ],
      [
        'vectors/resegment/v4-f4.merged.pcap.gz',
        'after-gro',
        'sure',
        'receiver',
        'with-resegment with-resegment no yes no',
      ],
      [
        'vectors/resegment/v4.unsplit.pcap.gz',
        'before-tso',
        'sure',
        'sender',
        'with-resegment with-resegment no yes no',
      ],
      ['captures/f1.pcap.gz', 'wire', 'sure', 'unknown', 'yes yes no yes yes'],
      ['captures/full-f4.pcap.gz', 'wire', 'sure', 'unknown', 'yes yes yes yes yes'],
      ['captures/mtu9000-f1.pcap.gz', 'wire', 'sure', 'unknown', 'yes yes no yes yes'],
      ['captures/v6-f4.pcap.gz', 'wire', 'sure', 'unknown', 'yes yes no yes yes'],
    ] as const;
    for (const [file, point, certainty, host, uses] of cases) {
      it(`${file}: ${point}`, async () => {
        const path = file.startsWith('vectors/')
          ? join(VECTORS, file.slice(8))
          : join(CAPTURES, file.slice(9));
        const report = await reportOn(path);
        expect(report.point).to.include({ verdict: point, certainty });
        expect(report.host.verdict).to.equal(host);
        expect(fits(report)).to.equal(uses);
        expect(report.point.evidence).not.to.deep.equal([]);
      });
    }
  });

  const [A, B] = ['10.0.0.1', '10.0.0.2'];

  interface Made {
    readonly atUs: number;
    readonly bytes?: number;
    readonly fromReceiver?: boolean;
    readonly ttl?: number;
    readonly flags?: number;
    /** Checksum left to a card. */
    readonly unfinished?: boolean;
    readonly zeroLength?: boolean;
  }

  /** Packets of one connection; those to the receiver carry their payload one after the other. */
  function write(name: string, packets: readonly Made[]): string {
    let seq = 1000;
    const made = packets.map((packet): MadePacket => {
      const { atUs, bytes = 0, fromReceiver = false, ttl = 64, flags = FLAG.ACK } = packet;
      const ip = fromReceiver ? { source: B, destination: A, ttl } : { source: A, destination: B, ttl };
      const ports = fromReceiver ? { sourcePort: 80, destinationPort: 1111 } : {};
      const isSyn = (flags & FLAG.SYN) !== 0;
      const options = isSyn ? concat(u8(2, 4), u16(1460)) : u8();
      const tcp = {
        ...ports,
        flags,
        options,
        payload: pattern(bytes, seq),
        ...(fromReceiver ? {} : { seq }),
      };
      let frame = ethernet(
        ipv4Packet(ip, tcp),
        [],
        fromReceiver ? MAC_A : MAC_B,
        fromReceiver ? MAC_B : MAC_A,
      );
      if (packet.unfinished === true) frame = replaced(frame, 50, u16(0));
      if (packet.zeroLength === true) frame = replaced(frame, 16, u16(0));
      if (!fromReceiver) seq += bytes + (isSyn ? 1 : 0);
      return { timeNs: 1_000_000_000n + BigInt(atUs * 1000), bytes: frame };
    });
    return folder.write(name, pcapFile(made));
  }

  const data = (count: number, each: (i: number) => Made): Made[] =>
    Array.from({ length: count }, (_, i) => each(i));

  it('tells packets in batches from packets as a link spaces them, and says by which rate', async () => {
    const spaced = write(
      'spaced.pcap',
      data(150, (i) => ({ atUs: 12 * i + 12, bytes: 1460 })),
    );
    expect((await reportOn(spaced)).timing.verdict).to.equal('spaced');
    const batches = data(160, (i) => ({ atUs: 103 * Math.floor(i / 8), bytes: 1460 }));
    const report = await reportOn(write('batches.pcap', batches));
    expect(report.timing).to.include({ verdict: 'batched', certainty: 'sure' });
    expect(fits(report)).to.match(/^limited yes /);
    const slow = await reportOn(spaced, '--link-mbps', '100');
    expect(slow.timing.verdict).to.equal('batched');
    const fast = await reportOn(spaced, '--link-mbps', '10000');
    expect(fast.timing.verdict).to.equal('coarse');
  });

  it('knows a sender by unfinished checksums, and that no wire was there if both ends leave them', async () => {
    const few = (unfinished: boolean): Made[] => data(4, (i) => ({ atUs: 20 * i, bytes: 100, unfinished }));
    const acks = (unfinished: boolean): Made[] =>
      data(4, (i) => ({ atUs: 20 * i + 5, fromReceiver: true, unfinished }));
    const host = async (made: readonly Made[]): Promise<string> =>
      (await reportOn(write('host.pcap', made))).host.verdict;
    expect(await host([...few(true), ...acks(false)])).to.equal('sender');
    expect(await host([...few(false), ...acks(true)])).to.equal('receiver');
    expect(await host([...few(true), ...acks(true)])).to.equal('both');
    expect(await host([...few(false), ...acks(false)])).to.equal('unknown');
  });

  it('knows an end by TTLs and by who answers the handshake at once', async () => {
    const connection = (synAckUs: number, ackUs: number, ttls: readonly [number, number]): Made[] => [
      { atUs: 0, flags: FLAG.SYN, ttl: ttls[0] },
      { atUs: synAckUs, flags: FLAG.SYN | FLAG.ACK, fromReceiver: true, ttl: ttls[1] },
      { atUs: ackUs, ttl: ttls[0] },
      ...data(20, (i) => ({ atUs: ackUs + 20 * i + 20, bytes: 1000, ttl: ttls[0] })),
    ];
    const at = async (...made: Parameters<typeof connection>): Promise<unknown> => {
      const { host } = await reportOn(write('ends.pcap', connection(...made)));
      return [host.verdict, host.certainty];
    };
    expect(await at(10, 10_000, [64, 64])).to.deep.equal(['receiver', 'likely']);
    expect(await at(10_000, 10_010, [64, 64])).to.deep.equal(['sender', 'likely']);
    expect(await at(100, 200, [57, 64])).to.deep.equal(['receiver', 'likely']);
    expect(await at(100, 200, [64, 57])).to.deep.equal(['sender', 'likely']);
    expect(await at(10, 10_000, [64, 57])).to.deep.equal(['unknown', 'guess']);
  });

  it('believes direction marks', async () => {
    const packet = (bytes: number, sent: boolean): MadePacket => ({
      timeNs: 1n,
      bytes: sll(
        ipv4Packet(sent ? { source: B, destination: A } : {}, { payload: pattern(bytes, 1) }),
        sent ? 4 : 0,
      ),
    });
    const host = async (...made: readonly MadePacket[]): Promise<unknown> => {
      const report = await reportOn(folder.write('sll.pcap', pcapFile(made, { linkType: 113 })));
      return [report.host.verdict, report.host.certainty, report.point.verdict];
    };
    expect(await host(packet(12_000, false), packet(5, true))).to.deep.equal([
      'receiver',
      'sure',
      'after-gro',
    ]);
    expect(await host(packet(5, false), packet(12_000, true))).to.deep.equal([
      'receiver',
      'sure',
      'before-tso',
    ]);
    const both = [packet(12_000, false), packet(12_000, true)];
    expect(await host(...both)).to.deep.equal(['receiver', 'sure', 'after-gro-and-before-tso']);
  });

  it('cannot tell merged from unsplit without any mark', async () => {
    const made = data(5, (i) => ({ atUs: 100 * i, bytes: 2920 }));
    const path = write('unknown.pcap', [{ atUs: 0, flags: FLAG.SYN }, ...made]);
    expect((await reportOn(path)).point).to.include({ verdict: 'super-packets', certainty: 'sure' });
    const zero = write(
      'zero.pcap',
      made.map((one) => ({ ...one, zeroLength: true, unfinished: true })),
    );
    expect((await reportOn(zero)).point.verdict).to.equal('before-tso');
  });

  it('names a capture without TCP data, one direction alone, and a missing handshake', async () => {
    const path = write(
      'acks.pcap',
      data(3, (i) => ({ atUs: i, fromReceiver: true })),
    );
    const report = await reportOn(path);
    expect(report.point.verdict).to.equal('unknown');
    expect(fits(report)).to.match(/^no no \S+ no no$/);
    expect(report.advice.join(' '))
      .to.match(/Only one direction/)
      .and.match(/No handshake/);
  });

  it('prints the same as text, and warns as other commands do', async () => {
    const merged = join(VECTORS, 'resegment', 'v4.merged.pcap.gz');
    const { code, stdout } = await runCommand(['capture', merged]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/after GRO or LRO: received packets that were merged already \(sure\)/);
    expect(stdout).to.match(/replay with rates +with --resegment/);
    const cut = folder.write(
      'cut.pcap',
      readFileSync(
        write(
          'whole.pcap',
          data(9, (i) => ({ atUs: i, bytes: 9 })),
        ),
      ).subarray(0, 300),
    );
    const damaged = await runCommand(['capture', cut]);
    expect(damaged.code).to.equal(4);
    expect(damaged.stderr).to.contain('W-CUT');
    const empty = await runCommand(['capture', folder.write('empty.pcap', pcapFile([]))]);
    expect(empty.code).to.equal(0);
    expect(empty.stdout).to.match(/packets +0; /);
    expect((await runCommand(['capture', 'nowhere.pcap'])).code).to.equal(3);
  });

  it('has a schema that knows every verdict', () => {
    const values = (node: SchemaNode, name: string): readonly string[] => node.properties[name]!.enum;
    const at = (name: string): SchemaNode => SCHEMA.properties[name]!;
    expect(values(at('host'), 'verdict')).to.deep.equal([...CAPTURE_HOSTS]);
    expect(values(at('point'), 'verdict')).to.deep.equal([...CAPTURE_POINTS]);
    expect(values(at('timing'), 'verdict')).to.deep.equal([...CAPTURE_TIMINGS]);
    expect(values(at('timing'), 'certainty')).to.deep.equal([...CERTAINTIES]);
    expect(values(at('uses').items, 'purpose')).to.deep.equal([...PURPOSES]);
    expect(values(at('uses').items, 'fit')).to.deep.equal([...FITNESSES]);
  });
});
