import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { concat } from '../helpers/bytes.ts';
import { interfaceBlock, pcapFile, sectionBlock, simpleBlock } from '../helpers/capture-files.ts';
import { runCommand } from '../helpers/command.ts';
import { dataOf } from '../helpers/csv-report.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';
import { schemaErrors } from '../report/validate-record.ts';

const F1 = join(CAPTURES, 'f1.pcap.gz');
const SMALL = join(CAPTURES, 'full-f4.pcap.gz');
const PNG_SIGNATURE = '89504e470d0a1a0a';

interface Record {
  capture: { packets: number; compression: string; name: string };
  receiver: { mode: string; address: string | null; packets: number; dataPackets: number };
  configurations: {
    name: string;
    lroRate: number;
    counters: { packets: number; delivered: number; dataPackets: number; dataSkbs: number; polls: number };
    reasons: { reason: string; skbs: number; packets: number }[];
    events: { receivedFrames: number; skbs: number; droppedSkbs: number };
    domain0: { cyclesPerByte: number };
  }[];
  options: {
    set: string[];
    receiveMode: string;
    profile: string;
    law: string;
    poll: string;
    pollDescription: string;
    nic: object | null;
  };
  profileNote: string;
  throughput: { capturedGoodputMbps: number };
}

describe('analyze <capture>', function () {
  this.timeout(60_000);
  const folder = useTempFolder();

  it('writes the tables as CSV and PNG and the record, and prints them', async () => {
    const out = folder.path('a');
    const { code, stdout, stderr } = await runCommand([F1, '--out', out]);
    expect(code).to.equal(0);
    for (const text of ['Throughput', 'LRO rate (packets)', 'Cycles per byte', 'Polls: napi: NIC tg3']) {
      expect(stdout).to.include(text);
    }
    const files = readdirSync(join(out, 'f1')).sort();
    const tables = ['throughput', 'lro-rate', 'cycles-per-byte', 'cycles-by-stage', 'latency'];
    const expected = tables.flatMap((name) => [`${name}.csv`, `${name}.png`]);
    expect(files).to.deep.equal([...expected, 'provenance.json', 'summary.json'].sort());
    for (const file of files) expect(stderr).to.include(`wrote ${join(out, 'f1', file)}`);
    for (const file of files.filter((name) => name.endsWith('.png'))) {
      expect(
        readFileSync(join(out, 'f1', file))
          .subarray(0, 8)
          .toString('hex'),
      ).to.equal(PNG_SIGNATURE);
    }
  });

  it('--json puts a record on stdout that its schema accepts and whose numbers agree with each other', async () => {
    const { code, stdout } = await runCommand([F1, '--json', '--format', 'none']);
    expect(code).to.equal(0);
    const record = JSON.parse(stdout) as Record;
    expect(schemaErrors(record)).to.deep.equal([]);
    expect(record.capture).to.include({ packets: 80_000, compression: 'gzip', name: 'f1.pcap.gz' });
    for (const one of record.configurations) {
      const { counters, reasons, events } = one;
      expect(counters.packets).to.equal(record.receiver.packets);
      expect(reasons.reduce((sum, row) => sum + row.skbs, 0)).to.equal(counters.delivered);
      expect(reasons.reduce((sum, row) => sum + row.packets, 0)).to.equal(counters.packets);
      expect(counters.dataPackets).to.equal(record.receiver.dataPackets);
      expect(one.lroRate).to.equal(counters.dataPackets / counters.dataSkbs);
      expect(events.receivedFrames).to.equal(counters.packets);
      expect(events.skbs).to.equal(counters.delivered);
    }
    expect(record.configurations.map((one) => one.name)).to.deep.equal(['Xen', 'LRO', 'Optimized']);
    // The capture's README has 835.9 Mb/s for the whole run, of which this is the beginning.
    expect(record.throughput.capturedGoodputMbps).to.be.within(800, 900);
  });

  it('polls by napi with the preset tg3, and says that this is assumed', async () => {
    const options = ['--json', '--format', 'none'];
    const [plain, asked] = await Promise.all([
      runCommand([SMALL, ...options]),
      runCommand([SMALL, ...options, '--poll', 'napi', '--nic', 'tg3']),
    ]);
    const [record, chosen] = [plain, asked].map(({ stdout }) => JSON.parse(stdout) as Record);
    expect(record!.configurations).to.deep.equal(chosen!.configurations);
    expect(record!.options.poll).to.equal('napi');
    expect(record!.options.pollDescription).to.match(/5 wait or 20 µs .* This is the default: .* assumed/);
    expect(chosen!.options.pollDescription).to.not.include('default');
  });

  describe('a capture without times', () => {
    const args = ['--receiver', 'all', '--json', '--format', 'none'];
    const frame = new Uint8Array(60);
    const simple = concat(
      sectionBlock(),
      interfaceBlock(1, new Uint8Array(0), 65_535),
      ...Array.from({ length: 300 }, () => simpleBlock(frame)),
    );
    const alike = pcapFile(
      Array.from({ length: 300 }, () => ({ timeNs: 1_700_000_000_000_000_000n, bytes: frame })),
    );

    for (const [name, bytes] of [
      ['simple packet blocks', simple],
      ['equal time stamps', alike],
    ] as const) {
      it(`has polls that need none: ${name}, from a file and from stdin`, async () => {
        const file = folder.write('timeless.pcap', bytes);
        for (const result of await Promise.all([
          runCommand([file, ...args]),
          runCommand(['-', ...args], { input: bytes }),
        ])) {
          expect(result.code).to.equal(0);
          expect(result.stderr).to.match(/W-NO-CLOCK: .* --poll window:125:64/);
          const record = JSON.parse(result.stdout) as Record;
          expect(schemaErrors(record)).to.deep.equal([]);
          expect(record.options).to.include({ poll: 'window:125:64', nic: null });
          // Rounds of 64.
          for (const { counters } of record.configurations) {
            expect(counters).to.include({ packets: 300, polls: 5, dropped: 0 });
          }
        }
      });
    }

    it('keeps the polls that the user asked for', async () => {
      const file = folder.write('asked.pcap', alike);
      const { stdout, stderr } = await runCommand([file, '--poll', 'napi', ...args]);
      expect((JSON.parse(stdout) as Record).options.poll).to.equal('napi');
      expect(stderr).to.not.include('W-NO-CLOCK');
    });
  });

  it('takes coefficients of the user over those of the profile, and records them', async () => {
    const own = ['--set', 'cost.linearise.cyclesPerByte=0', '--set', 'cost.netbackCopy.cyclesPerByte=0'];
    const replay = [SMALL, '--poll', 'batch:8', '--json', '--format', 'none'];
    const [plain, free] = await Promise.all([runCommand(replay), runCommand([...replay, ...own])]);
    const [before, after] = [plain, free].map(({ stdout }) => JSON.parse(stdout) as Record);
    expect(after!.options.set).to.deep.equal([own[1], own[3]]);
    expect(after!.profileNote).to.include(
      'Set by the user: cost.linearise.cyclesPerByte=0, cost.netbackCopy',
    );
    expect(before!.options.set).to.deep.equal([]);
    const costs = (record: Record): number[] => record.configurations.map((one) => one.domain0.cyclesPerByte);
    const [xen, lro, optimized] = costs(after!);
    // Without copies there is no difference between the two, and none to the profile where nothing is copied.
    expect(lro).to.equal(optimized);
    expect(xen).to.equal(costs(before!)[0]);
    expect(lro).to.be.below(costs(before!)[1]!);
  });

  it('in receive mode modern LRO is Optimized, priced by the profile that has the mode', async () => {
    const args = [SMALL, '--receive-mode', 'modern', '--json', '--format', 'none'];
    const { code, stdout } = await runCommand(args);
    expect(code).to.equal(0);
    const record = JSON.parse(stdout) as Record;
    expect(schemaErrors(record)).to.deep.equal([]);
    expect(record.options).to.include({
      receiveMode: 'modern',
      profile: 'modern-estimate',
      law: 'two-cores',
    });
    const [, lro, optimized] = record.configurations;
    expect(lro!.domain0).to.deep.equal(optimized!.domain0);
    expect(lro!.events).to.deep.equal(optimized!.events);
  });

  it('drops super-packets whose linear buffer cannot be allocated, and says so', async () => {
    const args = [SMALL, '--poll', 'batch:40', '--linearise-max-order', '1', '--json', '--format', 'none'];
    const { code, stdout, stderr } = await runCommand(args);
    expect(code).to.equal(0);
    expect(stderr).to.match(/W-NO-BUFFER: \d+ packets of LRO were dropped/);
    const [xen, lro, optimized] = (JSON.parse(stdout) as Record).configurations;
    expect(lro!.events.droppedSkbs).to.be.above(0);
    expect([xen, optimized].map((one) => one!.events.droppedSkbs)).to.deep.equal([0, 0]);
  });

  it('gives the same bytes for the same capture, from a file and from stdin', async () => {
    const args = ['--json', '--format', 'none', '--receiver', '10.9.0.2'];
    const first = await runCommand([SMALL, ...args]);
    const second = await runCommand([SMALL, ...args]);
    expect(second.stdout).to.equal(first.stdout);
    const piped = await runCommand(['-', ...args], { input: readFileSync(SMALL) });
    expect(piped.code).to.equal(0);
    expect(piped.stdout.replace('"name": "stdin"', '"name": "full-f4.pcap.gz"')).to.equal(first.stdout);
  });

  it('agrees with coalesce on the counters of each engine', async () => {
    const poll = ['--poll', 'batch:7'];
    const { stdout } = await runCommand([SMALL, ...poll, '--json', '--format', 'none']);
    const record = JSON.parse(stdout) as Record;
    for (const [name, engine] of [
      ['Xen', 'none'],
      ['LRO', 'inet_lro'],
    ] as const) {
      const lines = await runCommand(['coalesce', SMALL, ...poll, '--engine', engine, '--jsonl', '-q']);
      const { stats } = JSON.parse(lines.stdout.trim().split('\n').pop()!) as { stats: object };
      const { counters } = record.configurations.find((one) => one.name === name)!;
      expect(counters).to.include(stats);
    }
  });

  it('a folder: each capture its report, one summary, the bad one named, exit code 4', async () => {
    const captures = folder.path('captures');
    mkdirSync(join(captures, 'deep'), { recursive: true });
    cpSync(SMALL, join(captures, 'x.pcap.gz'));
    cpSync(SMALL, join(captures, 'deep', 'x.pcap.gz'));
    folder.write('captures/notes.txt', 'no capture');
    folder.write('captures/cut.pcap', Buffer.from('d4c3b2a102000400', 'hex'));
    const out = folder.path('b');
    const { code, stdout, stderr } = await runCommand([captures, '--out', out, '--format', 'csv', '-q']);
    expect(code).to.equal(4);
    expect(stderr).to.match(/cut\.pcap: the file ends after 8 bytes, inside its header/);
    expect(stdout).to.match(
      /\nNot in these numbers\n {2}cut: the file ends after 8 bytes, inside its header/,
    );
    expect(existsSync(join(out, 'x', 'throughput.csv'))).to.equal(true);
    expect(existsSync(join(out, 'deep', 'x', 'throughput.csv'))).to.equal(true);
    const summary = dataOf(join(out, 'summary.csv')).trim().split('\n');
    expect(summary).to.have.length(1 + 2 * 3 + 1);
    expect(summary.at(-1)).to.match(/^cut,{12}"the file ends after 8 bytes, inside its header/);
    expect(summary.slice(1, -1).map((line) => line.split(',')[0])).to.deep.equal([
      ...Array<string>(3).fill('deep/x'),
      ...Array<string>(3).fill('x'),
    ]);
  });

  const wrong: { name: string; args: string[]; code: number; message: RegExp }[] = [
    { name: 'no capture', args: [], code: 2, message: /got 0, need at least 1 for 'analyze <captures..>'/ },
    { name: 'a missing file', args: ['no-such.pcap'], code: 3, message: /no-such\.pcap: no such file/ },
    {
      name: 'a poll of an unknown kind',
      args: [SMALL, '--poll', 'sometimes'],
      code: 2,
      message: /--poll: 'sometimes' is none of/,
    },
    {
      name: 'a window that is no number',
      args: [SMALL, '--poll', 'window:x'],
      code: 2,
      message: /--poll: 'window:x' must be window:T/,
    },
    {
      name: 'an empty batch',
      args: [SMALL, '--poll', 'batch:0'],
      code: 2,
      message: /--poll batch: '0' is not a whole number from 1/,
    },
    {
      name: 'a receiver that is no address',
      args: [SMALL, '--receiver', 'me'],
      code: 2,
      message: /--receiver: 'me' is neither/,
    },
    {
      name: 'an unknown option',
      args: [SMALL, '--polls', 'end'],
      code: 2,
      message: /unknown option --polls; the nearest is .poll/,
    },
    {
      name: 'an unknown format',
      args: [SMALL, '--format', 'xls'],
      code: 2,
      message: /--format: 'xls' is none of csv, png, svg, pdf, tex, json/,
    },
    {
      name: 'an unknown profile',
      args: [SMALL, '--profile', 'x'],
      code: 2,
      message: /--profile: .*built in: aizu-2008/,
    },
    {
      name: 'a number twice',
      args: [SMALL, '--mtu', '1500', '--mtu', '9000'],
      code: 2,
      message: /--mtu is given more than once/,
    },
    {
      name: 'an output below a file',
      args: [SMALL, '--out', join(SMALL, 'x')],
      code: 2,
      message: /cannot write .*--out/,
    },
  ];
  for (const { name, args, code, message } of wrong) {
    it(`wrong usage: ${name}`, async () => {
      const result = await runCommand(args, { cwd: folder.path('.') });
      expect(result.stderr).to.match(message);
      expect(result.code).to.equal(code);
      expect(result.stdout).to.equal('');
    });
  }

  it('a folder without captures', async () => {
    mkdirSync(folder.path('empty'));
    const { code, stderr } = await runCommand([folder.path('empty')]);
    expect(code).to.equal(3);
    expect(stderr).to.match(/empty: no captures there/);
  });
});
