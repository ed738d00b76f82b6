/** The recipes of docs/queries.md, run by the real DuckDB over a batch. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ResultRecord } from '../../src/replay/result.ts';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, ROOT, skipWith, useTempFolder } from '../helpers/surroundings.ts';

const NAMES = ['full-f4', 'msg1k-nodelay-f4', 'web-8thr'] as const;

/** Whatever a recipe asks for; DuckDB gives 64-bit integers as text. */
interface Row {
  readonly saved_percent?: number;
  readonly lro_rate_packets_per_skb?: number;
  readonly rate?: number;
  readonly packets?: string;
  readonly reason?: string;
  readonly config?: string;
  readonly captures?: string;
  readonly p5_p50_p95?: readonly number[];
}

describe('queries over a batch', () => {
  const folder = useTempFolder();
  let query: (sql: string) => Promise<Row[]>;
  const records: ResultRecord[] = [];

  before(async function () {
    const out = folder.path('reports');
    const captures = NAMES.map((name) => join(CAPTURES, `${name}.pcap.gz`));
    const result = await runCommand([...captures, '--out', out, '--format', 'csv,json,parquet']);
    expect(result.code, result.stderr).to.equal(0);
    for (const name of NAMES) {
      records.push(JSON.parse(readFileSync(join(out, name, 'summary.json'), 'utf8')) as ResultRecord);
    }
    let duckdb: typeof import('@duckdb/node-api');
    try {
      duckdb = await import('@duckdb/node-api');
    } catch (error) {
      // Its binary is there for the usual platforms only.
      const { CI } = process.env;
      if (CI === 'true') throw error;
      skipWith(this, `DuckDB cannot be loaded: ${String(error)}`);
    }
    const connection = await (await duckdb.DuckDBInstance.create(':memory:')).connect();
    query = async (sql) => {
      const reader = await connection.runAndReadAll(sql.replaceAll("'reports/", `'${out}/`));
      return reader.getRowObjectsJson() as Row[];
    };
  });

  const recipes = [
    ...readFileSync(join(ROOT, 'docs', 'queries.md'), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g),
  ].map(([, sql]) => sql!);
  const recipe = (word: string): string => recipes.find((sql) => sql.includes(word))!;
  const rateOf = (record: ResultRecord, config: string): number =>
    record.configurations.find(({ name }) => name === config)!.lroRate!;

  it('has recipes, and all of them run', async () => {
    expect(recipes).to.have.length(6);
    for (const sql of recipes) expect(await query(sql), sql).to.be.an('array');
  });

  it('saved cycles are those of the records, most first', async () => {
    const rows = await query(recipe('saved_percent'));
    const saved = records.map(({ configurations: [xen, , optimized] }) =>
      Math.round(1e6 * 100 * (1 - optimized!.domain0.cyclesPerByte! / xen!.domain0.cyclesPerByte!)),
    );
    const found = rows.map((row) => Math.round(1e6 * Number(row.saved_percent)));
    expect(found).to.deep.equal(saved.toSorted((a, b) => b - a));
    expect(rows.map((row) => row.lro_rate_packets_per_skb)).to.have.members(
      records.map((record) => rateOf(record, 'Optimized')),
    );
  });

  it('reasons add up to all packets', async () => {
    const rows = await query(recipe('GROUP BY reason'));
    const packets = records.reduce((sum, record) => sum + record.configurations[1]!.counters.packets, 0);
    expect(rows.reduce((sum, row) => sum + Number(row.packets), 0)).to.equal(packets);
    expect(rows[0]?.reason).to.equal('poll-end');
  });

  it('the distribution has the median of the captures', async () => {
    const rows = await query(recipe('quantile_cont'));
    const lro = rows.find((row) => row.config === 'LRO')!;
    const median = records.map((record) => rateOf(record, 'LRO')).toSorted((a, b) => a - b)[1];
    expect(lro.captures).to.equal('3');
    expect(lro.p5_p50_p95?.[1]).to.equal(median);
  });

  it('CSV is read without its comments', async () => {
    const rows = await query(recipe('read_csv'));
    const summary = await query(
      "SELECT count(*) AS captures FROM read_csv('reports/summary.csv', comment = '#')",
    );
    expect(rows).to.have.length(NAMES.length);
    expect(rows.map((row) => row.rate)).to.have.members(
      records.map((record) => Number(rateOf(record, 'LRO').toFixed(2))),
    );
    expect(summary[0]!.captures).to.equal(String(3 * NAMES.length));
  });

  it('counts are 64-bit integers, times exact', async () => {
    const [row] = await query(
      "SELECT typeof(packets) AS type, capture_first_time_ns AS ns FROM 'reports/full-f4/configurations.parquet'",
    );
    expect(row).to.deep.equal({ type: 'BIGINT', ns: records[0]!.capture.firstTimeNs });
  });
});
