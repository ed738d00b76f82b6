import type { RawCaptureOptions } from '../capture-command.ts';
import { DEFAULT_LINK_MBPS, REPLAY_OPTIONS, TALK_OPTIONS } from '../options.ts';
import type { CommandDefinition } from './command.ts';

const { receiver, mtu, fcs } = REPLAY_OPTIONS;

export const CAPTURE: CommandDefinition = {
  usage: 'capture <capture>',
  describe: 'what a capture is good for, and where it was taken',
  positionals: {
    capture: { describe: 'capture file, - for stdin', type: 'string', demandOption: true },
  },
  options: {
    receiver: receiver!,
    mtu: mtu!,
    fcs: fcs!,
    'link-mbps': {
      describe: 'rate of the link, by which gaps between packets are judged',
      type: 'string',
      default: String(DEFAULT_LINK_MBPS),
      requiresArg: true,
    },
    json: { describe: 'the report as JSON', type: 'boolean', default: false },
    ...TALK_OPTIONS,
  },
  examples: [
    ['$0 capture trace.pcap', 'merged or not, at which end, and what to do for a better one'],
    ['$0 capture trace.pcap --json', 'the evidence and the verdicts for programs'],
  ],
  run: async (args) =>
    (await import('../capture-command.ts')).runCapture(args as unknown as RawCaptureOptions),
};
