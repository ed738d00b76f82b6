import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { ExplainRecord } from '../../src/replay/explain-result.ts';
import type { ResultRecord } from '../../src/replay/result.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';
import { explainSchemaErrors } from '../report/explain-record.ts';

const F1 = join(CAPTURES, 'f1.pcap.gz');
const WEB = join(CAPTURES, 'web-8thr.pcap.gz');
const SMALL = join(CAPTURES, 'full-f4.pcap.gz');

async function explained(args: readonly string[]): Promise<ExplainRecord> {
  const { code, stdout, stderr } = await runCommand(['explain', ...args, '--json', '--format', 'none', '-q']);
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  const record = JSON.parse(stdout) as ExplainRecord;
  expect(explainSchemaErrors(record)).to.deep.equal([]);
  return record;
}

/** The counters that `analyze coalesce` prints. */
async function coalesced(args: readonly string[]): Promise<Map<string, number>> {
  const { stdout } = await runCommand(['coalesce', ...args, '-q']);
  const lines = stdout.trimEnd().split('\n');
  return new Map(lines.map((line) => [line.slice(0, 18).trim(), Number(line.slice(18))]));
}

describe('analyze explain', function () {
  this.timeout(60_000);
  const folder = useTempFolder();

  it('prints a sentence and tables, and writes CSV, charts and the record', async () => {
    const out = folder.path('reports');
    const { code, stdout, stderr } = await runCommand(['explain', SMALL, '--out', out]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^full-f4\.pcap\.gz holds [\d,]+ packets in .*; inet_lro merges /);
    for (const text of ['Why skbs were delivered', 'Without …', 'Merging loses', 'Flows', 'linux-gro:']) {
      expect(stdout).to.include(text);
    }
    const names = ['reasons', 'flows', 'what-if', 'losses'].map((name) => `explain-${name}.csv`);
    const charts = ['explain-reasons.png', 'explain-what-if.png'];
    const files = [...names, ...charts, 'explain.json', 'explain.provenance.json'];
    expect(readdirSync(join(out, 'full-f4')).sort()).to.deep.equal(files.sort());
    for (const file of files) expect(stderr).to.include(`wrote ${join(out, 'full-f4', file)}`);
    const record: unknown = JSON.parse(readFileSync(join(out, 'full-f4', 'explain.json'), 'utf8'));
    expect(explainSchemaErrors(record)).to.deep.equal([]);
  });

  it('delivers what coalesce does, and its what-ifs are what coalesce does with the obstacle gone', async () => {
    const options = [
      WEB,
      '--poll',
      'batch:32',
      '--max-desc',
      '2',
      '--gro-buckets',
      '1',
      '--gro-per-bucket',
      '2',
    ];
    const { engines } = await explained([...options, '--what-if', 'all']);
    for (const engine of engines) {
      const same = await coalesced([...options, '--engine', engine.engine]);
      expect(engine.packets).to.equal(same.get('packets received'));
      expect(engine.skbs).to.equal(same.get('skbs delivered'));
      expect(engine.polls).to.equal(same.get('polls'));
      const skbs = engine.reasons.reduce((sum, row) => sum + row.skbs, 0);
      const packets = engine.reasons.reduce((sum, row) => sum + row.packets, 0);
      expect([skbs, packets]).to.deep.equal([engine.skbs, engine.packets]);
      const others = engine.skbs - engine.dataSkbs;
      const without = (...names: string[]): number =>
        engine.whatIfs.find((one) => one.without.join() === names.join())!.dataSkbs + others;
      const end = await coalesced(
        [...options, '--engine', engine.engine, '--poll', 'end'].filter((_, i) => i !== 1 && i !== 2),
      );
      expect(without('poll-end')).to.equal(end.get('skbs delivered'));
      const wide = ['--max-desc', '1024', '--gro-buckets', '64', '--gro-per-bucket', '16'];
      const roomy = await coalesced([WEB, '--poll', 'batch:32', '--engine', engine.engine, ...wide]);
      expect(without('table-full')).to.equal(roomy.get('skbs delivered'));
    }
  });

  it('says the same of a capture from stdin, whatever its pieces', async () => {
    const input = readFileSync(WEB);
    const { stdout } = await runCommand(
      ['explain', '-', '--json', '--format', 'none', '-q', '--what-if', 'all'],
      { input },
    );
    const piped = JSON.parse(stdout) as ExplainRecord;
    const file = await explained([WEB, '--what-if', 'all']);
    expect(piped.engines).to.deep.equal(file.engines);
  });

  it('takes engines, flows and what-ifs as asked for', async () => {
    const { engines } = await explained([
      ...[WEB, '--engine', 'linux-gro', '--top', '2', '--what-if', 'psh+ack-changed,upper-bound'],
    ]);
    expect(engines.map(({ engine }) => engine)).to.deep.equal(['linux-gro']);
    const [gro] = engines;
    expect(gro!.flows).to.have.length(2);
    expect(gro!.whatIfs.map(({ without, upperBound }) => [without.length, upperBound])).to.deep.equal([
      [9, true],
      [2, false],
    ]);
    const bytes = [...gro!.flows, gro!.otherFlows, gro!.withoutFlow].map(({ payloadBytes }) => payloadBytes);
    expect(bytes.reduce((sum, one) => sum + one, 0)).to.equal(gro!.payloadBytes);
  });

  it('follows packets and lists where two engines part', async () => {
    const record = await explained([
      ...[WEB, '--packet', '100', '--packet', '40', '--diff', 'inet_lro', 'linux-gro', '--what-if', 'none'],
      ...['--poll', 'window:125:64'],
    ]);
    const [lro, gro] = record.engines;
    expect(lro!.decisions.map(({ packet }) => packet)).to.deep.equal([100, 40]);
    expect(gro!.decisions[1]!.decision?.delivered?.reason).to.equal('psh');
    expect(record.difference?.packets).to.equal(lro!.packets);
    const first = record.difference!.places[0]!;
    expect(first.packet).to.equal(40);
    expect(first.deliveries[1]).to.deep.include({ firstPacket: 40, segments: 1, reason: 'psh' });
  });

  for (const capture of [F1, WEB]) {
    for (const more of [[], ['--nic', 'e1000', '--cpu-ghz', '3', '--receive-mode', 'grant-copy']]) {
      it(`polls as the main command does: ${[basename(capture), ...more].join(' ')}`, async () => {
        const record = await explained([capture, ...more]);
        expect(record.poll).to.equal('napi');
        expect(record.engines).to.have.length(2);
        for (const { engine, lroRate, polls, packets, skbs, reasons } of record.engines) {
          const args = [capture, ...more, '--engine', engine, '--json', '--format', 'none', '-q'];
          const main = JSON.parse((await runCommand(args)).stdout) as ResultRecord;
          const { counters, ...lro } = main.configurations.find(({ name }) => name === 'LRO')!;
          expect(lroRate).to.be.above(1).and.to.equal(lro.lroRate);
          expect({ polls, packets, delivered: skbs }).to.deep.equal({
            polls: counters.polls,
            packets: counters.packets,
            delivered: counters.delivered,
          });
          const byReason = reasons.map(({ reason, skbs, packets }) => ({ reason, skbs, packets }));
          expect(byReason).to.have.deep.members([...lro.reasons]);
          expect(record.pollDescription).to.equal(main.options.pollDescription);
        }
      });
    }
  }

  it('has polls that need no times where the packets have none, unless they were asked for', async () => {
    const bytes = gunzipSync(readFileSync(SMALL));
    const clock = Buffer.from(bytes);
    // Every record gets the time stamp of the first.
    for (let at = 24; at + 16 <= clock.length; at += 16 + clock.readUInt32LE(at + 8)) {
      bytes.copy(clock, at, 24, 32);
    }
    const file = folder.write('timeless.pcap', clock);
    const args = ['explain', file, '--json', '--format', 'none', '-q', '--what-if', 'none'];
    const { stdout, stderr } = await runCommand(args);
    expect(stderr).to.match(/W-NO-CLOCK: .* --poll window:125:64/);
    const record = JSON.parse(stdout) as ExplainRecord;
    expect(explainSchemaErrors(record)).to.deep.equal([]);
    expect(record.poll).to.equal('window:125:64');
    const { engines } = await explained([file, '--poll', 'window:125:64', '--what-if', 'none']);
    expect(record.engines).to.deep.equal(engines);
    for (const asked of [
      ['--poll', 'napi'],
      ['--rx-frames', '8'],
    ]) {
      const result = await runCommand([...args, ...asked]);
      expect((JSON.parse(result.stdout) as ExplainRecord).poll).to.equal('napi');
      expect(result.stderr).to.not.include('W-NO-CLOCK');
    }
  });

  const refused: readonly (readonly [string, readonly string[], string])[] = [
    ['an unknown engine', ['--engine', 'lro'], "--engine: 'lro' is none of"],
    ['an unknown obstacle', ['--what-if', 'psh,luck'], "--what-if: 'luck' is none of usual, all, none"],
    ['one engine against itself', ['--diff', 'inet_lro', 'inet_lro'], '--diff wants two different engines'],
    ['half a packet', ['--packet', '1.5'], "--packet: '1.5' is not a whole number"],
    ['a format that is none', ['--format', 'svgz'], "--format: 'svgz' is none of"],
    ['moderation without napi', ['--poll', 'batch:8', '--rx-usecs', '5'], '--rx-usecs'],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, async () => {
      const { code, stdout, stderr } = await runCommand(['explain', F1, ...args]);
      expect(stderr).to.include(message);
      expect([code, stdout]).to.deep.equal([2, '']);
    });
  }

  it('says what it cannot read, and that it is no capture', async () => {
    const { code, stderr } = await runCommand(['explain', join(CAPTURES, 'README.md'), '--format', 'none']);
    expect(code).to.equal(3);
    expect(stderr).to.include('not a pcap or pcapng file');
  });
});
