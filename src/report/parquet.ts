/** The result record as Apache Parquet: a file for each table, so that those of many reports can be read as one. */
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import type { ResultRecord } from '../replay/result.ts';
import type { OutputFile } from './files.ts';
import {
  type Cell,
  CONFIGURATION_COLUMNS,
  type Column,
  type ColumnType,
  configurationRows,
  FLOW_COLUMNS,
  flowRows,
  REASON_COLUMNS,
  reasonRows,
} from './parquet-columns.ts';

const PARQUET_TYPE: Readonly<Record<ColumnType, BasicType>> = {
  text: 'STRING',
  count: 'INT64',
  number: 'DOUBLE',
};

export function parquetFiles(record: ResultRecord): OutputFile[] {
  const { name, version } = record.tool;
  const createdBy = `${name} version ${version}`;
  return [
    table('configurations.parquet', CONFIGURATION_COLUMNS, configurationRows(record), createdBy),
    table('reasons.parquet', REASON_COLUMNS, reasonRows(record), createdBy),
    table('flows.parquet', FLOW_COLUMNS, flowRows(record), createdBy),
  ];
}

function table<Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  createdBy: string,
): OutputFile {
  const columnData = columns.map((column) => ({
    name: column.name,
    type: PARQUET_TYPE[column.type],
    data: rows.map((row) => cell(column.type, column.of(row))),
  }));
  return { name, bytes: new Uint8Array(parquetWriteBuffer({ columnData, createdBy })) };
}

/** The writer takes 64-bit numbers as BigInt only. */
function cell(type: ColumnType, value: Cell): Cell {
  return type === 'count' && typeof value === 'number' ? BigInt(value) : value;
}
