import { expect } from 'chai';
import { MeasuredError, parseMeasured } from '../../src/cost/measured.ts';

const HEADER = 'Config,Throughput (Mbps),LRO rate (packets),Domain0,DomainU';

function errorOf(text: string): MeasuredError {
  try {
    parseMeasured(text, 'm.csv');
  } catch (error) {
    if (error instanceof MeasuredError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('measured tables', () => {
  it('are read as the reports of this program write them', () => {
    const [xen, lro] = parseMeasured(
      `${HEADER}\nXen,574.45,1.00,12.72,8.97\nLRO,588.65,2.49,13.51,\n`,
      'm.csv',
    );
    expect(xen).to.deep.equal({
      line: 2,
      configuration: 'Xen',
      throughputMbps: 574.45,
      lroRate: 1,
      cyclesPerByte: { Domain0: 12.72, DomainU: 8.97 },
    });
    expect(lro?.cyclesPerByte).to.deep.equal({ Domain0: 13.51, DomainU: null });
  });

  it('may stand among comments, as in the CSV of a report', () => {
    const text = '# mine\nConfig,Domain0\nXen,12.7\n# Options: [["a","b, #c",1]]\n';
    const rows = parseMeasured(text, 'm.csv');
    expect(rows.map(({ line, configuration }) => [line, configuration])).to.deep.equal([[3, 'Xen']]);
  });

  it('may have their columns in any order, some left out, and the names of summary.csv', () => {
    const [row] = parseMeasured('DomainU (cycles/byte),config\n7.78,Optimized\n', 'm.csv');
    expect(row).to.deep.include({ configuration: 'Optimized', throughputMbps: null, lroRate: null });
    expect(row?.cyclesPerByte).to.deep.equal({ Domain0: null, DomainU: 7.78 });
  });

  it('take the counts of a profiler: cycles over bytes', () => {
    const text = 'Config,Domain0 cycles,Domain0 bytes,DomainU\nXen,12720000,1e6,8.97\n';
    expect(parseMeasured(text, 'm.csv')[0]?.cyclesPerByte).to.deep.equal({ Domain0: 12.72, DomainU: 8.97 });
  });

  it('take several runs of a configuration, a byte order mark, CRLF, quotes, blanks and empty lines', () => {
    const rows = parseMeasured('\uFEFF"Config", Domain0\r\nXen, 12.7\r\n\r\n"Xen",12.8\r\n', 'm.csv');
    expect(rows.map((row) => [row.line, row.cyclesPerByte.Domain0])).to.deep.equal([
      [2, 12.7],
      [4, 12.8],
    ]);
  });

  const cases: readonly (readonly [
    what: string,
    text: string,
    line: number | null,
    column: number | null,
    says: RegExp,
  ])[] = [
    ['an empty file', '', null, null, /is empty; give a header and a row/],
    ['a header alone', `${HEADER}\n`, 1, null, /no row follows/],
    [
      'an unknown column',
      'Config,Domain1\nXen,1\n',
      1,
      2,
      /'Domain1' is no known column; known: Config, Thr/,
    ],
    ['a column given twice', 'Config,Domain0,domain0\nXen,1,2\n', 1, 3, /'domain0' is there twice/],
    ['no Config', 'Domain0\n12.72\n', 1, null, /the column Config is missing/],
    [
      'cycles without bytes',
      'Config,Domain0 cycles\nXen,1\n',
      1,
      null,
      /of 'Domain0 cycles' and 'Domain0 bytes' one/,
    ],
    [
      'an unknown configuration',
      `${HEADER}\nGRO,1,1,1,1\n`,
      2,
      1,
      /'GRO' is no configuration; there is Xen, LRO/,
    ],
    ['a unit in a cell', `${HEADER}\nXen,574 Mbps,1,1,1\n`, 2, 2, /'574 Mbps' is not a number/],
    ['a decimal comma', `${HEADER}\nXen,574.45,1,"12,72",8.97\n`, 2, 4, /'12,72' is not a number/],
    ['a number in another base', `${HEADER}\nXen,0x10,1,1,1\n`, 2, 2, /'0x10' is not a number/],
    ['a number too large', `${HEADER}\nXen,1e999,1,1,1\n`, 2, 2, /not a number/],
    ['zero', `${HEADER}\nXen,1,1,12.72,0\n`, 2, 5, /0 is not positive; leave the cell empty/],
    ['a negative number', `${HEADER}\nXen,1,1,-1,1\n`, 2, 4, /-1 is not positive/],
    ['a row that is too short', `${HEADER}\nXen,1,1,1,1\nLRO,1\n`, 3, null, /has 2 cells; the header has 5/],
    ['a row that is too long', `${HEADER}\nXen,1,1,1,1,1\n`, 2, null, /has 6 cells/],
    ['a rate below 1', `${HEADER}\nLRO,1,0.9,1,1\n`, 2, 3, /0\.9 is below 1/],
    ['merging in Xen', `${HEADER}\nXen,1,2,1,1\n`, 2, 3, /nothing merges there/],
    [
      'a row without cycles',
      `${HEADER}\nXen,574.45,1,,\n`,
      2,
      null,
      /has no cycles; give Domain0 or DomainU/,
    ],
    [
      'half of a pair',
      'Config,Domain0 cycles,Domain0 bytes\nXen,1,\n',
      2,
      3,
      /is empty; cycles per byte need both/,
    ],
    [
      'cycles per byte beside counts',
      'Config,Domain0,Domain0 cycles,Domain0 bytes\nXen,1,1,1\n',
      2,
      2,
      /is given beside cycles and bytes/,
    ],
    ['a quote that does not end', 'Config,Domain0\n"Xen,1\n', 2, 1, /is not CSV/],
  ];
  for (const [what, text, line, column, says] of cases) {
    it(`refuse ${what}`, () => {
      const error = errorOf(text);
      expect(error.message)
        .to.match(says)
        .and.match(/^m\.csv/);
      expect(error.line).to.equal(line);
      expect(error.column).to.equal(column);
      if (line !== null) expect(error.message).to.include(`, line ${line}`);
    });
  }
});
