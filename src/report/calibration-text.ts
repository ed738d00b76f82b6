/** A calibration as plain text for a terminal. */
import type {
  CalibrationRecord,
  DomainCalibration,
  FittedCoefficient,
  Interval,
  LawFit,
} from '../cost/calibration-record.ts';
import { fixed, printable } from './format.ts';
import { INDENT, renderTable, wrap } from './text-table.ts';

export function renderCalibration(record: CalibrationRecord): string {
  const parts = [
    opening(record),
    ...record.domains.map((domain) => renderDomain(domain, record)),
    ...(record.laws.length === 0 ? [] : [renderLaws(record.laws)]),
    ...record.notes.map((note) => wrap(printable(note), '')),
  ];
  return `${parts.join('\n\n')}\n`;
}

function opening(record: CalibrationRecord): string {
  const noise =
    record.noise === 0
      ? 'no noise stated: no intervals'
      : `run-to-run noise of ${percent(record.noise)}, ${record.replicates} made-up repetitions, seed ${record.seed}`;
  const held = record.held.map(({ id, value, unit, grade }) => `${id} ${value} ${unit} (${grade})`);
  const lines = [
    `${printable(record.measured)} fitted by cost profile ${record.profile}, receive mode ${record.receiveMode}.`,
    `Counts: ${printable(record.counts)}.`,
    `Intervals: 95 %, ${noise}.`,
    `Held: ${held.length === 0 ? 'nothing' : held.join(', ')}.`,
  ];
  return lines.map((line) => wrap(line, '')).join('\n');
}

function renderDomain(domain: DomainCalibration, record: CalibrationRecord): string {
  const { rows, equations, unknowns, rank, condition } = domain;
  const runs = rows === equations ? '' : ` in ${rows} rows`;
  const sensitivity = condition === null ? 'not of full rank' : `condition ${condition.toFixed(1)}`;
  const title = `${domain.domain}: ${unknowns} unknowns, ${equations} equations${runs}, rank ${rank}, ${sensitivity}`;
  return [
    title,
    renderTable({
      header: ['Coefficient', 'fitted', '95 %', 'unit', 'profile', 'identified'],
      rows: domain.coefficients.map((one) => [
        one.name,
        number(one.value),
        range(one.interval, number),
        one.unit,
        number(one.profileValue),
        identifiedText(one),
      ]),
    }),
    '',
    renderTable({
      header: ['Cycles per byte', 'measured', 'fitted', 'error', 'by other rows', 'error', '95 %'],
      rows: domain.fittedRows.map((row) => [
        row.trained ? row.configuration : `${row.configuration} (not used)`,
        fixed(row.measuredCyclesPerByte, 2, '-'),
        fixed(row.fitted?.cyclesPerByte ?? null, 2, '-'),
        signedPercent(row.fitted?.error ?? null),
        fixed(row.leftOut?.cyclesPerByte ?? null, 2, '-'),
        signedPercent(row.leftOut?.error ?? null),
        range(row.leftOut?.interval ?? null, (value) => fixed(value, 2, '-')),
      ]),
    }),
    ...verdicts(domain, record).map((sentence) => wrap(sentence, INDENT)),
  ].join('\n');
}

/** What the fit is worth, one sentence each. */
export function verdicts(domain: DomainCalibration, record: CalibrationRecord): string[] {
  const sentences: string[] = [];
  const repeated = domain.rows > domain.equations;
  if (domain.exactByConstruction) {
    const fits = repeated
      ? 'the fit passes between the rows of equal counts'
      : 'the fit is exact by construction';
    sentences.push(
      `As many unknowns as equations: ${fits}, whatever was measured, and is no evidence for the model.`,
    );
  }
  const { chiSquare } = domain;
  if (chiSquare !== null) {
    const { value, freedom, share } = chiSquare;
    const wrong = domain.exactByConstruction
      ? 'rows of equal counts differ by more than this noise'
      : 'the model does not fit within this noise';
    const held = share < 0.05 ? wrong : 'the noise may account for it';
    sentences.push(
      `Residuals: chi-square ${value.toFixed(1)} with ${freedom} degree${freedom === 1 ? '' : 's'} of freedom; noise of ${percent(record.noise)} alone gives as much in ${percent(share)} of the repetitions: ${held}.`,
    );
  }
  for (const { name, value, state, with: others } of domain.coefficients) {
    if (value === 0)
      sentences.push(
        `${name} is 0, the least that it may be: without that bound the rows would have it negative.`,
      );
    if (state === 'absent')
      sentences.push(`${name}: nothing that it prices was counted, so nothing is known of it.`);
    if (state === 'collinear') {
      sentences.push(
        `${name} cannot be told apart from ${others.join(', ')}: leave one out of --fit, which holds it at the value of the profile, or join those of one unit by +.`,
      );
    }
  }
  for (const { configuration, leftOut, measuredCyclesPerByte: measured } of domain.fittedRows) {
    const interval = leftOut?.interval ?? null;
    if (leftOut === null || interval === null) continue;
    if (measured >= interval.low && measured <= interval.high) continue;
    sentences.push(
      `${configuration} is predicted at ${leftOut.cyclesPerByte.toFixed(2)} by the other rows; the ${measured.toFixed(2)} measured lie outside of ${range(interval, (value) => value.toFixed(2))}, so something is not in the model.`,
    );
  }
  if (domain.fittedRows.every((row) => row.leftOut === null)) {
    sentences.push('No row can be predicted without itself: the others leave an unknown open.');
  }
  return sentences;
}

function identifiedText({ state, with: others, movesWith }: FittedCoefficient): string {
  switch (state) {
    case 'absent':
      return 'no: not counted';
    case 'collinear':
      return `no: with ${others.join(', ')}`;
    case 'identified':
      return movesWith === null
        ? 'yes'
        : `yes; moves with ${movesWith.name} (${movesWith.correlation.toFixed(2)})`;
  }
}

function renderLaws(laws: readonly LawFit[]): string {
  const rows = laws[0]!.rows;
  const table = renderTable({
    header: ['Throughput law', 'parameter', 'rows need', ...rows.map((row) => row.configuration), 'formula'],
    rows: [
      ['measured, Mbit/s', '', '', ...rows.map((row) => row.measuredMbps.toFixed(2)), ''],
      ...laws.map((law) => [
        law.law,
        law.parameter === null ? 'none' : `${law.parameter.toFixed(3)} ${law.unit}`,
        law.range === null ? '-' : law.range.map((value) => value.toFixed(3)).join('…'),
        ...law.rows.map((row) => signedPercent(row.error)),
        law.formula,
      ]),
    ],
  });
  return `${table}\n${wrap(lawVerdict(laws), INDENT)}`;
}

function lawVerdict(laws: readonly LawFit[]): string {
  const start = 'Each parameter is the mean of what the rows need, so that errors can be compared.';
  const constant = laws.find(({ law }) => law === 'constant')!;
  const worse = laws.filter(
    ({ law, worstError }) => law !== 'constant' && worstError !== null && worstError >= constant.worstError!,
  );
  if (worse.length === 0) return start;
  const names = worse.map(({ law }) => law).join(', ');
  return `${start} No better than one throughput for all rows: ${names}.`;
}

function number(value: number | null): string {
  if (value === null) return '-';
  return value >= 100 ? fixed(value, 0, '-') : fixed(value, 3, '-');
}

function range(interval: Interval | null, text: (value: number) => string): string {
  return interval === null ? '-' : `${text(interval.low)}…${text(interval.high)}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function signedPercent(share: number | null): string {
  if (share === null) return '-';
  const text = fixed(100 * share, 2, '');
  return `${share > 0 && !/^0\.?0*$/.test(text) ? '+' : ''}${text} %`;
}
