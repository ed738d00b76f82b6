import type { RawCalibrateOptions } from '../calibrate-command.ts';
import { NIC_OPTIONS } from '../nic-options.ts';
import { PATH_OPTIONS, POLL_HELP, REPLAY_OPTIONS, TALK_OPTIONS } from '../options.ts';
import type { CommandDefinition } from './command.ts';

export const CALIBRATE: CommandDefinition = {
  usage: 'calibrate [measured]',
  describe: 'fit a cost profile to measured tables',
  define: (command) =>
    command
      .positional('measured', { describe: 'CSV of measured rows (docs/calibration.md)', type: 'string' })
      .option('example', {
        describe: 'the table of the study, which comes with the program',
        type: 'boolean',
        default: false,
      })
      .option('capture', {
        describe: 'capture to count events in; LRO=… for one configuration (default: a schedule by LRO rate)',
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
      })
      .option('fit', {
        describe: 'coefficients: wire,skb,linearise+netbackCopy (default: those that the profile had fitted)',
        type: 'string',
      })
      .option('train', {
        describe: 'rows to fit to: Xen,LRO; DomainU=Xen,LRO for one domain (default: all)',
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
      })
      .option('noise', { describe: 'run-to-run noise, of the measured value', type: 'string', default: '1%' })
      .option('seed', { describe: 'of the made-up repetitions', type: 'string', default: '1' })
      .option('replicates', { describe: 'made-up repetitions', type: 'string', default: '2000' })
      .option('write', { describe: 'write the fitted profile to this file', type: 'string' })
      .option('out', { describe: 'folder for coefficients.csv, rows.csv, laws.csv', type: 'string' })
      .option('json', { describe: 'the record alone on stdout', type: 'boolean', default: false })
      .requiresArg(['fit', 'noise', 'seed', 'replicates', 'write', 'out'])
      .options(PATH_OPTIONS)
      .requiresArg(['receive-mode', 'profile'])
      .option('poll', {
        describe: `${POLL_HELP}; LRO=… for one configuration`,
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
      })
      .options({ ...REPLAY_OPTIONS, ...TALK_OPTIONS, ...NIC_OPTIONS })
      .example('$0 calibrate --example', 'what the one table of the study can tell, and what not')
      .example('$0 calibrate measured.csv --capture trace.pcap --write mine.json', 'a profile of your own'),
  lists: ['capture', 'train', 'poll'],
  run: async (args) =>
    (await import('../calibrate-command.ts')).runCalibrate(args as unknown as RawCalibrateOptions),
};
