/** `analyze explain`: why packets did and did not merge, and what would change it. */
import { join } from 'node:path';
import { caveatOf, ENGINES, type EngineName } from '../coalesce/catalog.ts';
import { type ExplainOptions, explain } from '../replay/explain.ts';
import type { ExplainRecord } from '../replay/explain-result.ts';
import { openSession } from '../replay/session.ts';
import { isDegraded } from '../replay/warnings.ts';
import { renderExplanation } from '../report/explain-terminal.ts';
import { makeFolder, type OutputFile, writeFiles } from '../report/files.ts';
import { reportFolderName } from '../report/folder-name.ts';
import type { Format } from '../report/report-files.ts';
import { EXIT } from './exit-code.ts';
import { parseFormats } from './formats.ts';
import { type RawGroOptions, resolveGroOptions } from './gro-options.ts';
import { resolveNic } from './nic-options.ts';
import { resolveReplayOptions } from './options.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { DEFAULT_POLL, describePoll, parsePoll } from './poll-option.ts';
import { type RawPriceOptions, softirqFactory } from './priced-softirq.ts';
import { resolveRuleOptions } from './rule-engines.ts';
import type { RawRuleOptions } from './rule-options.ts';
import { complain, createStdout } from './terminal.ts';
import { UsageError, wholeNumber } from './usage.ts';
import { parseWhatIf } from './what-if-option.ts';

export interface RawExplainOptions extends RawRuleOptions, RawGroOptions, RawPriceOptions {
  readonly capture: string;
  readonly engine: string;
  readonly poll: string | undefined;
  readonly 'what-if': string;
  readonly top: string;
  readonly packet: readonly string[];
  readonly diff: readonly string[];
  readonly out: string;
  readonly format: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

const MAX_TOP = 1000;
const MAX_PACKETS = 1000;
const MAX_RECORD = Number.MAX_SAFE_INTEGER;

export async function runExplain(raw: RawExplainOptions): Promise<number> {
  const options = await explainOptions(raw);
  const formats = parseFormats(raw.format);
  const name = raw.capture === '-' ? 'stdin' : reportFolderName(raw.capture.split('/').at(-1) ?? '');
  const folder = join(raw.out, name);
  if (formats.size > 0) makeFolder(folder);
  const { inetLro: _, ...choices } = resolveReplayOptions(raw);
  const signal = abortOnSignals();
  const pacer = createPacer(raw.progress && !raw.quiet);
  const session = await openSession(raw.capture, { ...choices, stdin: () => process.stdin });
  let record: ExplainRecord;
  try {
    record = await explain(session, options, () => pacer.tick(session.reader), signal);
  } finally {
    session.close();
    pacer.done();
  }
  if (signal.aborted) return EXIT.INTERRUPTED;
  const out = createStdout();
  out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderExplanation(record));
  await out.end();
  if (!raw.quiet) {
    for (const caveat of options.engines.map(caveatOf)) if (caveat !== null) complain(caveat);
  }
  for (const warning of record.warnings) complain(`${warning.code}: ${warning.message}`);
  const files = await reportFiles(record, formats);
  if (files.length > 0) {
    for (const path of writeFiles(folder, files)) if (!raw.quiet) complain(`wrote ${path}`);
  }
  return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
}

async function reportFiles(record: ExplainRecord, formats: ReadonlySet<Format>): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  if (formats.has('csv')) files.push(...(await import('../report/explain-csv.ts')).explainCsvFiles(record));
  if (formats.has('json')) files.push({ name: 'explain.json', text: `${JSON.stringify(record, null, 2)}\n` });
  if (formats.has('png')) {
    files.push(...(await import('../report/explain-png.ts')).explainChartFiles(record));
  }
  return files;
}

async function explainOptions(raw: RawExplainOptions): Promise<ExplainOptions> {
  const { inetLro } = resolveReplayOptions(raw);
  const pollText = raw.poll ?? DEFAULT_POLL;
  const poll = parsePoll(pollText, () => resolveNic(raw));
  const newSoftirq = await softirqFactory(raw, poll, inetLro.mode);
  const engines = raw.engine.split(',').map((text) => parseEngine('--engine', text.trim()));
  const diff = parseDiff(raw.diff);
  if (raw.resegment && (raw.packet.length > 0 || diff !== null)) {
    throw new UsageError(
      '--packet and --diff name records, which segments share: write the segments with coalesce --resegment -w first',
    );
  }
  if (raw.packet.length > MAX_PACKETS) throw new UsageError(`--packet: at most ${MAX_PACKETS} of them`);
  return {
    engines: [...new Set([...engines, ...(diff ?? [])])],
    engineOptions: {
      engine: 'none',
      inetLro,
      linuxGro: resolveGroOptions(raw),
      ...resolveRuleOptions(raw, { inetLro }),
    },
    poll,
    pollText,
    pollDescription: describePoll(poll),
    softirq: (engine) => newSoftirq(engine !== 'none'),
    whatIfs: parseWhatIf(raw['what-if']),
    top: wholeNumber('--top', raw.top, 0, MAX_TOP),
    packets: [...new Set(raw.packet.map((text) => wholeNumber('--packet', text, 0, MAX_RECORD)))],
    diff,
  };
}

function parseEngine(option: string, text: string): EngineName {
  const name = ENGINES.find((known) => known === text);
  if (name === undefined) throw new UsageError(`${option}: '${text}' is none of ${ENGINES.join(', ')}`);
  return name;
}

function parseDiff(texts: readonly string[]): readonly [EngineName, EngineName] | null {
  if (texts.length === 0) return null;
  const [a, b] = texts.map((text) => parseEngine('--diff', text));
  if (texts.length !== 2 || a === b) throw new UsageError('--diff wants two different engines');
  return [a!, b!];
}
