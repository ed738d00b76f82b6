import { expect } from 'chai';
import { OBSTACLES } from '../../src/coalesce/obstacle.ts';
import { REASONS } from '../../src/coalesce/reason.ts';
import { explainChartSpecs } from '../../src/report/explain-chart.ts';
import { explainCsvFiles } from '../../src/report/explain-csv.ts';
import { openingSentence, renderExplanation } from '../../src/report/explain-terminal.ts';
import { explainFigures } from '../../src/report/figures.ts';
import {
  EXPLAIN_SCHEMA,
  explainSchemaErrors,
  NO_FATE,
  sampleEngine,
  sampleExplanation,
} from './explain-record.ts';
import { pngOf } from './figure-samples.ts';
import { chunksOf, pictureOf } from './png.ts';
import type { SchemaNode } from './validate-record.ts';

function nodesBelow(path: string, node: SchemaNode): { path: string; node: SchemaNode }[] {
  const children: [string, SchemaNode][] = [
    ...Object.entries(node.properties ?? {}),
    ...(node.items === undefined ? [] : [['[]', node.items] as [string, SchemaNode]]),
  ];
  return [{ path, node }, ...children.flatMap(([name, child]) => nodesBelow(`${path}/${name}`, child))];
}

const NODES = nodesBelow('', EXPLAIN_SCHEMA as SchemaNode);

describe('the schema of explain records', () => {
  it('accepts a full record and an empty one', () => {
    expect(explainSchemaErrors(sampleExplanation())).to.deep.equal([]);
    const empty = sampleEngine({ ...NO_FATE, whatIfs: [], flows: [] });
    expect(explainSchemaErrors(sampleExplanation({ engines: [empty] }))).to.deep.equal([]);
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['another version', { ...sampleExplanation(), recordVersion: 2 }],
    ['an unknown field', { ...sampleExplanation(), host: 'a' }],
    ['an unknown engine', sampleExplanation({ engines: [sampleEngine({ engine: 'lro' })] })],
    ['half a packet', sampleExplanation({ engines: [sampleEngine({ packets: 0.5 })] })],
    ['no rate', { ...sampleExplanation(), engines: [{ ...sampleEngine(), lroRate: undefined }] }],
  ];
  for (const [what, record] of wrong) {
    it(`rejects ${what}`, () => {
      expect(explainSchemaErrors(JSON.parse(JSON.stringify(record)))).to.have.length.above(0);
    });
  }

  it('describes every field, every number with its unit, and closes every object', () => {
    expect(NODES.filter(({ node }) => !node.description).map(({ path }) => path)).to.deep.equal([]);
    const numbers = NODES.filter(({ node }) =>
      [node.type].flat().some((type) => /number|integer/.test(type ?? '')),
    );
    expect(numbers).to.have.length.above(40);
    const unitless = numbers.filter(({ node }) => !/ Unit: \S.*\.$/.test(node.description ?? ''));
    expect(unitless.map(({ path }) => path)).to.deep.equal([]);
    for (const { path, node } of NODES.filter(({ node }) => [node.type].flat().includes('object'))) {
      expect(node.additionalProperties, path).to.equal(false);
      expect(node.required, path).to.deep.equal(Object.keys(node.properties ?? {}));
    }
  });

  it('knows the reasons and obstacles of the program', () => {
    const enums = NODES.filter(({ path }) => path.endsWith('/reason') || path.endsWith('/reasons/[]')).map(
      ({ node }) => node.enum,
    );
    expect(enums.filter((values) => values !== undefined)).to.have.length.above(4);
    for (const values of enums) if (values !== undefined) expect(values).to.deep.equal([...REASONS]);
    const without = NODES.find(({ path }) => path.endsWith('/without/[]'));
    expect(without?.node.enum).to.deep.equal([...OBSTACLES]);
  });
});

describe('an explanation as text', () => {
  it('begins with a sentence that names the capture, the rates and the worst obstacle', () => {
    const gro = sampleEngine({ engine: 'linux-gro', lroRate: 2, whatIfs: [] });
    expect(openingSentence(sampleExplanation({ engines: [sampleEngine(), gro] }))).to.equal(
      'trace.pcap holds 2,000 packets in 1.50 s; inet_lro merges 3.00 TCP data packets into an skb (63 % of skbs delivered by poll-end), ' +
        'and would merge 9.00 without poll-end; linux-gro merges 2.00 TCP data packets into an skb (63 % of skbs delivered by poll-end).',
    );
  });

  it('says where there is nothing to merge', () => {
    const engines = [sampleEngine({ ...NO_FATE, flows: [], whatIfs: [] })];
    expect(openingSentence(sampleExplanation({ engines }))).to.include('there is nothing to merge');
    const capture = { name: 'a\u001b[31m.pcap', packets: 0, durationNs: null, flows: 0 };
    expect(openingSentence(sampleExplanation({ capture }))).to.equal('a\uFFFD[31m.pcap holds no packets.');
  });

  it('has reasons with their shares, what-ifs with advice, losses and flows', () => {
    const text = renderExplanation(sampleExplanation());
    for (const part of [
      /poll-end +250 +850 +85\.0 % +1,000,000\n/,
      / poll-end +9\.00 +\+6\.00\n/,
      'poll-end: Longer polls merge more.',
      'Nothing to gain without table-full.',
      /PSH positions +12\n/,
      /10\.0\.0\.1:5001 > 10\.0\.0\.2:33000 +1,000 +400 +3\.00 +poll-end\n/,
    ]) {
      if (typeof part === 'string') expect(text).to.include(part);
      else expect(text).to.match(part);
    }
    expect(text).not.to.include('other flows');
  });

  it('lists where two engines part', () => {
    const skb = { firstPacket: 3, lastPacket: 9, segments: 4, reason: 'poll-end' } as const;
    const single = { firstPacket: 3, lastPacket: 3, segments: 1, reason: 'psh' } as const;
    const difference = {
      engines: ['inet_lro', 'linux-gro'] as const,
      packets: 100,
      differentPackets: 4,
      byReasons: [{ reasons: ['poll-end', 'psh'] as const, packets: 4 }],
      places: [{ packet: 3, deliveries: [skb, single] as const }],
    };
    const record = sampleExplanation({ difference });
    expect(explainSchemaErrors(record)).to.deep.equal([]);
    const text = renderExplanation(record);
    expect(text).to.include('inet_lro and linux-gro deliver 4 of 100 packets in different skbs.');
    expect(text).to.match(/ 3 +3–9 \(4\) +poll-end +3 +psh\n/);
    expect(explainCsvFiles(record).at(-1)).to.deep.equal({
      name: 'explain-diff.csv',
      text: 'Reason inet_lro,Reason linux-gro,Packets\npoll-end,psh,4\n',
    });
  });
});

describe('an explanation as CSV', () => {
  it('has a file for reasons, flows, what-ifs and losses', () => {
    const files = new Map(explainCsvFiles(sampleExplanation()).map(({ name, text }) => [name, text]));
    expect(files.get('explain-reasons.csv')).to.equal(
      'Engine,Reason,Skbs,Packets,Payload (bytes)\ninet_lro,poll-end,250,850,1000000\ninet_lro,no-payload,100,100,0\ninet_lro,sequence,50,50,200000\n',
    );
    expect(files.get('explain-flows.csv')?.split('\n')[1]).to.equal(
      'inet_lro,10.0.0.1:5001,10.0.0.2:33000,1000,400,3.00,1200000,poll-end,250,850,1000000',
    );
    expect(files.get('explain-what-if.csv')?.split('\n').slice(1, 3)).to.deep.equal([
      'inet_lro,,3.0000,0.0000,300,',
      'inet_lro,poll-end,9.0000,6.0000,100,Longer polls merge more.',
    ]);
    expect(files.get('explain-losses.csv')?.split('\n')[1]).to.equal('inet_lro,600,12,0,0,0,0,0,0,0');
  });
});

describe('charts of an explanation', () => {
  const many = sampleEngine({
    reasons: REASONS.slice(0, 12).map((reason, i) => ({
      reason,
      skbs: 12 - i,
      packets: 24 - 2 * i,
      payloadBytes: 0,
      dataSkbs: 0,
    })),
    packets: 156,
  });

  it('show all packets once, in the skbs that they became', () => {
    const [reasons] = explainChartSpecs(sampleExplanation({ engines: [sampleEngine(), many] }));
    expect(reasons!.labels.slice(0, 4)).to.deep.equal(['inet_lro', 'poll-end', 'no-payload', 'sequence']);
    expect(reasons!.labels.at(-1)).to.equal('5 others');
    for (const engine of [0, 1]) {
      const from = [0, 4][engine]!;
      const to = [4, reasons!.labels.length][engine]!;
      const sum = reasons!.series
        .flatMap(({ values }) => values.slice(from, to))
        .reduce((total: number, value) => total + (value ?? 0), 0);
      expect(sum).to.be.closeTo(100, 1e-9);
    }
    expect(reasons!.notes[1]).to.equal('3.4');
  });

  it('show the rate as it is and what is gained, and no what-if without gain', () => {
    const [, whatIf] = explainChartSpecs(sampleExplanation());
    expect(whatIf!.labels).to.deep.equal(['inet_lro', 'as it is', 'without poll-end']);
    expect(whatIf!.series[0]!.values).to.deep.equal([null, 3, 9]);
    expect(whatIf!.notes).to.deep.equal(['', '', '+6.00']);
  });

  it('are none where nothing was received', () => {
    const engines = [sampleEngine({ ...NO_FATE, flows: [], whatIfs: [] })];
    expect(explainChartSpecs(sampleExplanation({ engines }))).to.deep.equal([]);
  });

  it('are a column wide at 300 dpi, and the same bytes again', async () => {
    const record = sampleExplanation({ engines: [sampleEngine(), many] });
    const figures = explainFigures(record);
    const files = figures.map(pngOf);
    expect(figures.map(({ spec }) => spec.name)).to.deep.equal(['explain-reasons', 'explain-what-if']);
    for (const bytes of files) {
      const width = chunksOf(bytes)[0]!.data.readUInt32BE(0);
      expect(width / 300).to.be.closeTo(3.33, 0.01);
      const picture = await pictureOf(bytes);
      expect([...picture.data.subarray(0, 3)]).to.deep.equal([255, 255, 255]);
    }
    const again = figures.map(pngOf);
    expect(again.every((file, i) => file.equals(files[i]!))).to.equal(true);
  });
});
