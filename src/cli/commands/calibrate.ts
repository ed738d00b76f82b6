import type { RawCalibrateOptions } from '../calibrate-command.ts';
import { TALK_OPTIONS } from '../options.ts';
import { STUDY_OPTIONS } from '../study-definitions.ts';
import type { CommandDefinition } from './command.ts';

const { pace: _pace, law: _law, ...COUNT_OPTIONS } = STUDY_OPTIONS;

export const CALIBRATE: CommandDefinition = {
  usage: 'calibrate [measured]',
  describe: 'fit a cost profile to measured tables',
  positionals: {
    measured: { describe: 'CSV of measured rows (docs/calibration.md)', type: 'string' },
  },
  options: {
    example: {
      describe: 'the table of the study, which comes with the program',
      type: 'boolean',
      default: false,
    },
    capture: {
      describe: 'capture to count events in; LRO=… for one configuration (default: a schedule by LRO rate)',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    fit: {
      describe: 'coefficients: wire,skb,linearise+netbackCopy (default: those that the profile had fitted)',
      type: 'string',
      requiresArg: true,
    },
    train: {
      describe: 'rows to fit to: Xen,LRO; DomainU=Xen,LRO for one domain (default: all)',
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
    },
    noise: {
      describe: 'run-to-run noise, of the measured value',
      type: 'string',
      default: '1%',
      requiresArg: true,
    },
    seed: { describe: 'of the made-up repetitions', type: 'string', default: '1', requiresArg: true },
    replicates: { describe: 'made-up repetitions', type: 'string', default: '2000', requiresArg: true },
    write: { describe: 'write the fitted profile to this file', type: 'string', requiresArg: true },
    out: {
      describe: 'folder for coefficients.csv, rows.csv, laws.csv',
      type: 'string',
      requiresArg: true,
    },
    format: {
      describe: 'files to write into --out: csv, tex (coefficients, rows), none',
      type: 'string',
      default: 'csv',
      requiresArg: true,
    },
    json: { describe: 'the record alone on stdout', type: 'boolean', default: false },
    ...COUNT_OPTIONS,
    ...TALK_OPTIONS,
  },
  examples: [
    ['$0 calibrate --example', 'what the one table of the study can tell, and what not'],
    ['$0 calibrate measured.csv --capture trace.pcap --write mine.json', 'a profile of your own'],
  ],
  run: async (args, invocation) => {
    const raw = args as unknown as RawCalibrateOptions;
    const { withHashes } = await import('../capture-hash.ts');
    return withHashes(raw, [], async (hashes) =>
      (await import('../calibrate-command.ts')).runCalibrate(raw, invocation, hashes),
    );
  },
  reproduce: async (order) => (await import('../calibrate-command.ts')).reproduceCalibrate(order),
};
