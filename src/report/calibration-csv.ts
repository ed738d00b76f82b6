/** A calibration as CSV: coefficients, rows, laws. Numbers are written in full; a value that is absent is an empty cell. */
import { stringify } from 'csv-stringify/sync';
import type { CalibrationRecord } from '../cost/calibration-record.ts';

export interface CsvFile {
  readonly name: string;
  readonly text: string;
}

type Cell = string | number | null;

export function calibrationCsvFiles(record: CalibrationRecord): CsvFile[] {
  return [coefficientsCsv(record), rowsCsv(record), lawsCsv(record)];
}

function coefficientsCsv(record: CalibrationRecord): CsvFile {
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
  return table('coefficients.csv', header, rows);
}

function rowsCsv(record: CalibrationRecord): CsvFile {
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
  return table('rows.csv', header, rows);
}

function lawsCsv(record: CalibrationRecord): CsvFile {
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
  return table('laws.csv', header, rows);
}

function table(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): CsvFile {
  return { name, text: stringify([header, ...rows]) };
}
