import { expect } from 'chai';
import { memoryTable, type Timing, timeTable } from '../../bench/results.ts';
import { median, ratioOf, verdictOf } from '../../bench/statistics.ts';
import { fixedWidth, markdown } from '../../bench/table.ts';
import type { Comparison } from '../../bench/targets.ts';

describe('bench: arithmetic', () => {
  it('takes medians of odd and even numbers of values, in any order', () => {
    expect(median([5, 1, 100])).to.equal(5);
    expect(median([4, 1, 2, 100])).to.equal(3);
    expect(() => median([])).to.throw('median of nothing');
  });

  it('divides medians, and shows the spread of the rounds', () => {
    expect(ratioOf([2, 4, 6], [4, 5, 4])).to.deep.equal({ value: 1, low: 0.5, high: 1.5 });
    expect(() => ratioOf([1], [1, 2])).to.throw('different rounds');
  });

  it('judges the measured value, not the printed one', () => {
    expect(verdictOf(1.004, 1)).to.equal('missed');
    expect(verdictOf(1, 1)).to.equal('held');
    expect(verdictOf(1000, null)).to.equal('no target');
  });
});

describe('bench: tables', () => {
  const comparison = (target: number | null): Comparison => ({
    group: 'full',
    subject: { command: 'analyze coalesce', input: 'full' },
    reference: { command: 'tcpdump', input: 'full' },
    target,
  });
  const timings = new Map<string, Timing>([
    ['analyze coalesce full', { seconds: [0.3, 0.2, 0.4] }],
    ['tcpdump full', { seconds: [0.5, 0.5, 0.5] }],
  ]);

  it('shows seconds, ratio, target and verdict of a comparison', () => {
    const { rows } = timeTable([comparison(0.65), comparison(0.5), comparison(null)], timings);
    const common = ['full', 'analyze coalesce', '0.300', 'tcpdump', '0.500', '0.60', '0.40–0.80'];
    expect(rows).to.deep.equal([
      [...common, '≤ 0.65', 'held'],
      [...common, '≤ 0.50', 'missed'],
      [...common, '-', 'no target'],
    ]);
  });

  it('says why a comparison was skipped', () => {
    const missing = new Map<string, Timing>([
      ...timings,
      ['tcpdump full', { missing: 'tcpdump is not installed' }],
    ]);
    expect(timeTable([comparison(1)], missing).rows[0]).to.deep.equal([
      'full',
      'analyze coalesce',
      '0.300',
      'tcpdump',
      '-',
      '-',
      '-',
      '≤ 1.00',
      'skipped: tcpdump is not installed',
    ]);
  });

  it('judges memory in megabytes of 10^6 bytes', () => {
    const { rows } = memoryTable(
      new Map([
        ['headers', { bytes: 90e6 }],
        ['full', { bytes: 90.1e6 }],
        ['flows', { missing: 'exit code 3' }],
      ]),
    );
    expect(rows.map((row) => row.at(-1))).to.deep.equal(['held', 'missed', 'skipped: exit code 3']);
  });

  it('prints columns of one width, and Markdown', () => {
    const table = {
      head: ['name', 's'],
      align: ['left', 'right'] as const,
      rows: [
        ['a', '1.000'],
        ['long name', '10.000'],
      ],
    };
    expect(fixedWidth(table)).to.equal(
      ['name            s', '---------  ------', 'a           1.000', 'long name  10.000'].join('\n'),
    );
    expect(markdown(table)).to.equal(
      [
        '| name      |      s |',
        '| --------- | -----: |',
        '| a         |  1.000 |',
        '| long name | 10.000 |',
      ].join('\n'),
    );
  });
});
