/** A calibration as CSV: coefficients, rows, laws. Numbers are written in full; a value that is absent is an empty cell. */
import type { CalibrationRecord } from '../cost/calibration-record.ts';
import { type TextFile, table } from './csv.ts';

type Cell = string | number | null;

export function calibrationCsvFiles(record: CalibrationRecord): TextFile[] {
  return [coefficientsCsv(record), rowsCsv(record), lawsCsv(record)];
}

function coefficientsCsv(record: CalibrationRecord): TextFile {
  const header = [
    'Coefficient',
    'Domain',
    'Unit',
    'Fitted',
    'Low (95 %)',
    'High (95 %)',
    'Profile',
    'State',
    'With',
  ];
  const rows = record.domains.flatMap(({ domain, coefficients }) =>
    coefficients.map((one): Cell[] => [
      one.name,
      domain,
      one.unit,
      one.value,
      one.interval?.low ?? null,
      one.interval?.high ?? null,
      one.profileValue,
      one.state,
      one.with.join(' '),
    ]),
  );
  return { name: 'coefficients.csv', text: table(header, rows) };
}

function rowsCsv(record: CalibrationRecord): TextFile {
  const header = [
    'Line',
    'Config',
    'Domain',
    'Used',
    'Measured (cycles/byte)',
    'Fitted (cycles/byte)',
    'By other rows (cycles/byte)',
    'Low (95 %)',
    'High (95 %)',
  ];
  const rows = record.domains.flatMap(({ domain, fittedRows }) =>
    fittedRows.map((row): Cell[] => [
      row.line,
      row.configuration,
      domain,
      row.trained ? 'yes' : 'no',
      row.measuredCyclesPerByte,
      row.fitted?.cyclesPerByte ?? null,
      row.leftOut?.cyclesPerByte ?? null,
      row.leftOut?.interval?.low ?? null,
      row.leftOut?.interval?.high ?? null,
    ]),
  );
  return { name: 'rows.csv', text: table(header, rows) };
}

function lawsCsv(record: CalibrationRecord): TextFile {
  const header = ['Law', 'Parameter', 'Unit', 'Line', 'Config', 'Measured (Mbps)', 'Predicted (Mbps)'];
  const rows = record.laws.flatMap((law) =>
    law.rows.map((row): Cell[] => [
      law.law,
      law.parameter,
      law.unit,
      row.line,
      row.configuration,
      row.measuredMbps,
      row.predictedMbps,
    ]),
  );
  return { name: 'laws.csv', text: table(header, rows) };
}
