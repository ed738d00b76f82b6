/** Flows in the record of the main command, and the page that is made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EngineExplanation, ExplainRecord } from '../../src/replay/explain-result.ts';
import type { ConfigurationResult, Fate, ResultRecord } from '../../src/replay/result.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';
import { schemaErrors } from '../report/validate-record.ts';

const CAPTURE = join(CAPTURES, 'web-8thr.pcap.gz');

async function recordOf(...args: readonly string[]): Promise<ResultRecord> {
  const { code, stdout, stderr } = await runCommand([CAPTURE, '--json', '--quiet', ...args]);
  expect(code, stderr).to.equal(0);
  return JSON.parse(stdout) as ResultRecord;
}

function sumOf(fates: readonly Fate[], of: (fate: Fate) => number): number {
  return fates.reduce((sum, fate) => sum + of(fate), 0);
}

describe('--flows', () => {
  const folder = useTempFolder();

  it('is null in the record unless asked for', async () => {
    const { configurations } = await recordOf('--format', 'none');
    expect(configurations.map(({ flows }) => flows)).to.deep.equal([null, null, null]);
  });

  it('tells apart as many as asked for; with the others they add up to the whole', async () => {
    const record = await recordOf('--format', 'none', '--flows', '7');
    expect(schemaErrors(record)).to.deep.equal([]);
    for (const { name, flows, counters, reasons } of record.configurations) {
      const { flows: top, otherFlows, withoutFlow } = flows!;
      expect(top, name).to.have.length(7);
      const all = [...top, otherFlows, withoutFlow];
      expect(
        sumOf(all, (fate) => fate.packets),
        name,
      ).to.equal(counters.packets);
      expect(
        sumOf(all, (fate) => fate.skbs),
        name,
      ).to.equal(counters.delivered);
      expect(
        sumOf(all, (fate) => fate.dataPackets),
        name,
      ).to.equal(counters.dataPackets);
      expect(
        sumOf(all, (fate) => fate.dataSkbs),
        name,
      ).to.equal(counters.dataSkbs);
      for (const { reason, packets } of reasons) {
        const told = (fate: Fate): number => fate.reasons.find((row) => row.reason === reason)?.packets ?? 0;
        expect(sumOf(all, told), `${name} ${reason}`).to.equal(packets);
      }
    }
  });

  it('changes no other number', async () => {
    const without = await recordOf('--format', 'none');
    const { configurations, ...rest } = await recordOf('--format', 'none', '--flows', '7');
    const bare = configurations.map((one): ConfigurationResult => ({ ...one, flows: null }));
    expect({ ...rest, configurations: bare }).to.deep.equal({ ...without });
  });

  it('agrees with explain', async () => {
    const polls = ['--poll', 'batch:64'];
    const { configurations } = await recordOf('--format', 'none', '--flows', '5', ...polls);
    const explained = await runCommand(
      [
        'explain',
        CAPTURE,
        '--engine',
        'inet_lro',
        '--what-if',
        'none',
        '--top',
        '5',
        '--format',
        'none',
        '--json',
      ].concat(polls),
    );
    const [engine] = (JSON.parse(explained.stdout) as ExplainRecord).engines as [EngineExplanation];
    const { flows, otherFlows, withoutFlow } = engine;
    expect(configurations[1]!.flows).to.deep.equal({ flows, otherFlows, withoutFlow });
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['more than the page holds', ['--flows', '1001'], /--flows: '1001' is not a whole number from 0 to 1000/],
    ['an unknown format', ['--format', 'htm'], /'htm' is none of csv, png, .*json, html, .*none/],
  ];
  for (const [what, args, message] of refused) {
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await runCommand([CAPTURE, ...args]);
      expect(code).to.equal(2);
      expect(stderr).to.match(message);
    });
  }

  it('html is a format of the main command alone', async () => {
    const { code, stderr } = await runCommand(['explain', CAPTURE, '--format', 'html']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/--format: 'html' is none of/);
  });

  it('comes with the page, by default 200; --flows 0 leaves the table out', async () => {
    const out = folder.path('reports');
    const record = await recordOf('--format', 'html', '--out', out);
    expect(record.configurations[1]!.flows!.flows).to.have.length(200);
    expect(readdirSync(join(out, 'web-8thr')).sort()).to.deep.equal(['provenance.json', 'report.html']);
    const page = (): string => readFileSync(join(out, 'web-8thr', 'report.html'), 'utf8');
    expect(page()).to.include('id="flow-table"');
    await recordOf('--format', 'html', '--flows', '0', '--out', out);
    expect(page()).not.to.include('id="flow-table"');
  });
});
