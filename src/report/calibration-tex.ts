/** A calibration for LaTeX: coefficients and rows as booktabs tables, with their intervals. */
import type { CalibrationRecord, Interval } from '../cost/calibration-record.ts';
import type { TextFile } from './csv.ts';
import { type FigureOrigin, originRows } from './figure-origin.ts';
import { grouped } from './format.ts';
import { tex, texComment } from './tex-escape.ts';
import { texTableFloat } from './tex-figure.ts';
import { type TexTable, texValue } from './tex-table.ts';

export function calibrationTexFiles(record: CalibrationRecord, origin: FigureOrigin): TextFile[] {
  return [
    {
      name: 'coefficients.tex',
      text: texFile(record, origin, coefficients(record), 'Fitted coefficients', 'coefficients'),
    },
    { name: 'rows.tex', text: texFile(record, origin, rows(record), 'Measured and predicted rows', 'rows') },
  ];
}

function texFile(
  record: CalibrationRecord,
  origin: FigureOrigin,
  table: TexTable,
  title: string,
  label: string,
): string {
  const { tool, measured, profile, receiveMode, noise, replicates, seed } = record;
  const caption =
    `${title} (95\\,\\% intervals of ${grouped(replicates)} made-up repetitions with noise of ` +
    `${texValue(100 * noise, 1)}\\,\\%, seed ${seed}). Measured table \\texttt{${tex(measured)}}, ` +
    `profile \\texttt{${tex(profile)}}, receive mode \\texttt{${tex(receiveMode)}}, ${tool.name} ${tex(tool.version)}.`;
  return `${[
    texComment(title),
    ...originRows(origin).map(([key, value]) => texComment(`${key}: ${value}`)),
    texComment('Preamble: \\usepackage{booktabs}'),
    ...texTableFloat(table, caption, `tab:${label}`, '*'),
  ].join('\n')}\n`;
}

function coefficients({ domains }: CalibrationRecord): TexTable {
  return {
    spanning: [],
    header: ['Coefficient', 'Domain', 'Unit', 'Fitted', 'Profile'],
    rows: domains.flatMap(({ domain, coefficients: fitted }) =>
      fitted.map((one) => [
        tex(one.name),
        tex(domain),
        tex(unitOf(one.unit)),
        withInterval(one.value, one.interval),
        texValue(one.profileValue, decimalsOf(one.profileValue)),
      ]),
    ),
    names: 3,
    note: null,
  };
}

function rows({ domains }: CalibrationRecord): TexTable {
  return {
    spanning: [
      { text: '', columns: 2 },
      { text: 'Cycles per byte', columns: 3 },
    ],
    header: ['Configuration', 'Domain', 'measured', 'fitted', 'by the other rows'],
    rows: domains.flatMap(({ domain, fittedRows }) =>
      fittedRows.map(({ configuration, measuredCyclesPerByte, fitted, leftOut }) => [
        tex(configuration),
        tex(domain),
        texValue(measuredCyclesPerByte, 2),
        texValue(fitted?.cyclesPerByte ?? null, 2),
        withInterval(leftOut?.cyclesPerByte ?? null, leftOut?.interval ?? null),
      ]),
    ),
    names: 2,
    note: null,
  };
}

/**
 * `$14300 \pm 1400$`, or both distances where they differ as they are written: the smaller of them with two digits that
 * matter, the value to the same place.
 */
export function withInterval(value: number | null, interval: Interval | null): string {
  if (value === null || interval === null) return texValue(value, decimalsOf(value ?? 0));
  const [up, down] = [interval.high - value, value - interval.low];
  const widths = [up, down].map(Math.abs).filter((one) => one > 0);
  if (widths.length === 0) return texValue(value, decimalsOf(value));
  const place = Math.floor(Math.log10(Math.min(...widths))) - 1;
  const rounded = (number: number): string =>
    place >= 0 ? String(Math.round(number / 10 ** place) * 10 ** place) : number.toFixed(Math.min(6, -place));
  const [above, below] = [rounded(up), rounded(down)];
  if (above === below) return `$${rounded(value)} \\pm ${above}$`;
  return `$${rounded(value)}^{${signed(above, '+')}}_{${signed(below, '-')}}$`;
}

/** An interval may not hold the value: a distance below 0 turns its sign around. */
function signed(text: string, sign: '+' | '-'): string {
  if (!text.startsWith('-')) return `${sign}${text}`;
  return `${sign === '+' ? '-' : '+'}${text.slice(1)}`;
}

/** `cyclesPerPacket` as `cycles/packet`. */
function unitOf(unit: string): string {
  return unit.replace(/Per([A-Z])/g, (_, first: string) => `/${first.toLowerCase()}`);
}

function decimalsOf(value: number): number {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 3;
}
