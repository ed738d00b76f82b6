/**
 * Measured tables that a profile is fitted to: CSV with a row a configuration (or a run of one), named as in the
 * reports of this program; docs/calibration.md lists the columns. A typing error must not become a plausible fit:
 * unknown columns and cells that are no numbers are refused with their line and column.
 */
import { type CsvError, parse } from 'csv-parse/sync';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../path/xen-configurations.ts';
import { DOMAINS, type Domain } from './profile.ts';

/** One row; what was not measured is null. */
export interface MeasuredRow {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly configuration: XenConfiguration;
  /** Goodput in Mbit/s. */
  readonly throughputMbps: number | null;
  /** Wire packets an skb. */
  readonly lroRate: number | null;
  /** Measured as such, or cycles over bytes where a profiler's counts were given. */
  readonly cyclesPerByte: Readonly<Record<Domain, number | null>>;
}

/** What is wrong with a measured table, where, and what would be right. */
export class MeasuredError extends Error {
  override readonly name = 'MeasuredError';
  readonly file: string;
  /** From 1; null where the file as a whole is meant. */
  readonly line: number | null;
  /** From 1; null where the line as a whole is meant. */
  readonly column: number | null;

  constructor(file: string, line: number | null, column: number | null, problem: string, allowed: string) {
    const place = [line === null ? '' : `, line ${line}`, column === null ? '' : `, column ${column}`];
    super(`${file}${place.join('')}: ${problem}; ${allowed}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

const CONFIG = 'Config';
const THROUGHPUT = 'Throughput (Mbps)';
const LRO_RATE = 'LRO rate (packets)';

/** Column names, in the order of the documentation; the second name is that of the batch's summary.csv. */
const COLUMNS = [
  CONFIG,
  THROUGHPUT,
  LRO_RATE,
  ...DOMAINS,
  ...DOMAINS.flatMap((domain) => [`${domain} cycles`, `${domain} bytes`]),
] as const;

const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  DOMAINS.map((domain) => [`${domain} (cycles/byte)`.toLowerCase(), domain]),
);

interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/** @throws {MeasuredError} naming file, line, column, what is wrong and what is allowed. */
export function parseMeasured(text: string, file: string): readonly MeasuredRow[] {
  const [header, ...lines] = linesOf(text, file);
  if (header === undefined) throw new MeasuredError(file, null, null, 'is empty', 'give a header and a row');
  const columns = columnsOf(header, file);
  if (lines.length === 0) {
    throw new MeasuredError(file, header.number, null, 'no row follows', 'give a row a configuration');
  }
  return lines.map((line) => rowOf(line, columns, file));
}

function linesOf(text: string, file: string): readonly Line[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ number: info.lines, cells: record }));
  } catch (cause) {
    const { lines, column, message } = cause as CsvError & { lines?: number; column?: number };
    const at = typeof column === 'number' ? column + 1 : null;
    throw new MeasuredError(file, lines ?? null, at, `is not CSV (${message})`, 'quote cells as in RFC 4180');
  }
}

/** Index of each column that is there, by its name. */
type Columns = ReadonlyMap<string, number>;

function columnsOf(header: Line, file: string): Columns {
  const columns = new Map<string, number>();
  for (const [index, cell] of header.cells.entries()) {
    const lower = cell.toLowerCase();
    const name = OTHER_NAMES.get(lower) ?? COLUMNS.find((known) => known.toLowerCase() === lower);
    const problem = (what: string, allowed: string): MeasuredError =>
      new MeasuredError(file, header.number, index + 1, what, allowed);
    if (name === undefined) throw problem(`'${cell}' is no known column`, `known: ${COLUMNS.join(', ')}`);
    if (columns.has(name)) throw problem(`'${cell}' is there twice`, 'give each column once');
    columns.set(name, index);
  }
  const missing = (problem: string, allowed: string): never => {
    throw new MeasuredError(file, header.number, null, problem, allowed);
  };
  if (!columns.has(CONFIG)) missing(`the column ${CONFIG} is missing`, 'it names the configuration of a row');
  for (const domain of DOMAINS) {
    const [cycles, bytes] = [`${domain} cycles`, `${domain} bytes`];
    if (columns.has(cycles) !== columns.has(bytes)) {
      missing(`of '${cycles}' and '${bytes}' one is missing`, 'cycles per byte need both');
    }
  }
  return columns;
}

function rowOf(line: Line, columns: Columns, file: string): MeasuredRow {
  const fail = (name: string | null, problem: string, allowed: string): never => {
    const column = name === null ? null : columns.get(name)! + 1;
    throw new MeasuredError(file, line.number, column, problem, allowed);
  };
  if (line.cells.length !== columns.size) {
    fail(null, `has ${line.cells.length} cells`, `the header has ${columns.size}`);
  }
  const textOf = (name: string): string => {
    const index = columns.get(name);
    return index === undefined ? '' : line.cells[index]!;
  };
  const numberOf = (name: string): number | null => {
    const text = textOf(name);
    if (text === '') return null;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) fail(name, `'${text}' is not a number`, 'write it as 12.72, without a unit');
    if (value <= 0) fail(name, `${text} is not positive`, 'leave the cell empty if it was not measured');
    return value;
  };
  const cyclesPerByteOf = (domain: Domain): number | null => {
    const given = numberOf(domain);
    const cycles = numberOf(`${domain} cycles`);
    const bytes = numberOf(`${domain} bytes`);
    if ((cycles === null) !== (bytes === null)) {
      fail(`${domain} ${cycles === null ? 'cycles' : 'bytes'}`, 'is empty', 'cycles per byte need both');
    }
    if (cycles === null || bytes === null) return given;
    if (given !== null) fail(domain, 'is given beside cycles and bytes', 'give one or the other');
    return cycles / bytes;
  };
  const name = textOf(CONFIG);
  const configuration =
    XEN_CONFIGURATIONS.find((known) => known === name) ??
    fail(CONFIG, `'${name}' is no configuration`, `there is ${XEN_CONFIGURATIONS.join(', ')}`);
  const lroRate = numberOf(LRO_RATE);
  if (lroRate !== null && lroRate < 1) fail(LRO_RATE, `${lroRate} is below 1`, 'it is packets an skb');
  if (lroRate !== null && lroRate > 1 && configuration === 'Xen') {
    fail(LRO_RATE, `${lroRate} in Xen`, 'nothing merges there: the rate is 1');
  }
  const row: MeasuredRow = {
    line: line.number,
    configuration,
    throughputMbps: numberOf(THROUGHPUT),
    lroRate,
    cyclesPerByte: { Domain0: cyclesPerByteOf('Domain0'), DomainU: cyclesPerByteOf('DomainU') },
  };
  if (DOMAINS.every((domain) => row.cyclesPerByte[domain] === null)) {
    fail(null, 'has no cycles', `give ${DOMAINS.join(' or ')}`);
  }
  return row;
}
