import { FORMATS } from '../../report/format-names.ts';
import { DEFAULT_FLOWS } from '../flows-option.ts';
import { reportOptions } from '../formats.ts';
import { TALK_OPTIONS } from '../options.ts';
import type { RawAnalyzeOptions } from '../raw-analyze-options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import type { CommandDefinition } from './command.ts';

const BATCH_GROUP = 'With a folder or several captures:';

/** The main command, which needs no name. */
export const ANALYZE: CommandDefinition = {
  usage: ['$0 <captures..>', 'analyze'],
  describe: 'the three configurations: tables, CSV, charts (a folder is a batch)',
  positionals: {
    captures: { describe: 'capture files, folders, - for stdin', type: 'string', array: true },
  },
  options: {
    ...STUDY_OPTIONS,
    ...TALK_OPTIONS,
    ...reportOptions('csv,png,json', FORMATS),
    flows: {
      describe: `flows told apart, those with most payload (default: none, with html and parquet ${DEFAULT_FLOWS})`,
      type: 'string',
      requiresArg: true,
    },
    workers: {
      describe: 'captures analysed at once (default: one a processor)',
      type: 'string',
      requiresArg: true,
      group: BATCH_GROUP,
    },
    cache: {
      describe: 'keep results below --out, and reuse those of captures and options that did not change',
      type: 'boolean',
      default: true,
      group: BATCH_GROUP,
    },
    shard: {
      describe: 'i/n: only the i-th of n shares of the captures, for one of n machines',
      type: 'string',
      requiresArg: true,
      group: BATCH_GROUP,
    },
    json: { describe: 'the result record alone on stdout', type: 'boolean', default: false },
  },
  examples: [
    ['$0 trace.pcap', 'tables, and reports/trace/ with CSV and charts'],
    ['$0 trace.pcap --format html', 'reports/trace/report.html: one page with charts, reasons and flows'],
    ['$0 - --json < trace.pcap.gz', 'the whole result of a capture from a pipe'],
    ['$0 trace.pcap --engine linux-gro --rx-usecs 50', 'another merge engine, another moderation'],
    ['$0 captures/ --poll window:50', 'every capture of a folder, 50 µs of moderation'],
  ],
  run: async (args, invocation) => {
    const raw = args as unknown as RawAnalyzeOptions;
    const { withHashes } = await import('../capture-hash.ts');
    // Those of a batch are hashed by its workers.
    return withHashes(raw, raw.captures.length === 1 ? raw.captures : [], async (hashes) =>
      (await import('../analyze-command.ts')).runAnalyze(raw, invocation, hashes),
    );
  },
  reproduce: async (order) => (await import('../analyze-reproduce.ts')).reproduceAnalyze(order),
};
