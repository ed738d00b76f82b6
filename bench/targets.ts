/** What is compared with what, and the largest ratio that counts as held. */
import type { CommandName, Input } from './commands.ts';
import type { InputName } from './inputs.ts';

/** Commands of one group are interleaved with each other. */
export const GROUPS = ['start', 'headers', 'full', 'long', 'flows', 'sweep'] as const;

export type Group = (typeof GROUPS)[number];

/** Starting a process takes so little, and varies so much, that it is timed more often. */
export const ROUNDS_FACTOR: Readonly<Record<Group, number>> = {
  start: 5,
  headers: 1,
  full: 1,
  long: 1,
  flows: 1,
  sweep: 1,
};

export interface Side {
  readonly command: CommandName;
  readonly input: Input;
}

export interface Comparison {
  readonly group: Group;
  readonly subject: Side;
  readonly reference: Side;
  /** Median of the subject ÷ median of the reference; null where the row is for information. */
  readonly target: number | null;
}

function against(
  group: Group,
  input: Input,
  subject: CommandName,
  reference: CommandName,
  target: number | null,
): Comparison {
  return { group, subject: { command: subject, input }, reference: { command: reference, input }, target };
}

export const COMPARISONS: readonly Comparison[] = [
  against('start', 'none', 'analyze --help', 'node -e 0', 1.6),
  against('headers', 'headers', 'analyze coalesce', 'tcpdump', 1.0),
  against('headers', 'headers', 'analyze coalesce', 'tcptrace', 0.28),
  against('headers', 'headers', 'analyze coalesce', 'capinfos', null),
  against('headers', 'headers', 'analyze coalesce', 'pcap-parser', null),
  against('headers', 'headers', 'analyze', 'analyze coalesce', 2.2),
  against('headers', 'headers', 'analyze, window', 'analyze coalesce', 2.2),
  against('headers', 'headers', 'analyze, napi', 'analyze coalesce', 2.2),
  against('headers', 'headers', 'analyze, again', 'analyze coalesce', null),
  against('headers', 'headers', 'analyze coalesce, linux-gro', 'analyze coalesce', 1.3),
  against('headers', 'headers', 'analyze explain, inet_lro alone', 'analyze coalesce', 2.0),
  against('headers', 'headers', 'analyze explain, linux-gro alone', 'analyze coalesce', 2.0),
  against('headers', 'headers', 'analyze explain, linux-gro alone', 'analyze coalesce, linux-gro', 2.0),
  against('headers', 'headers', 'analyze explain, no report', 'analyze coalesce', 2.0),
  against('headers', 'headers', 'analyze explain', 'analyze coalesce', 2.0),
  against('headers', 'headers', 'analyze explain, no what-ifs', 'analyze coalesce', 2.0),
  against('headers', 'headers', 'analyze explain, again', 'analyze coalesce', null),
  against('headers', 'headers', 'analyze explain, all what-ifs', 'analyze coalesce', null),
  against('headers', 'headers-gzip', 'analyze coalesce', 'gzip -dc', 0.8),
  {
    group: 'headers',
    subject: { command: 'analyze coalesce', input: 'headers-pcapng' },
    reference: { command: 'analyze coalesce', input: 'headers' },
    target: 1.15,
  },
  against('full', 'full', 'analyze coalesce', 'tcpdump', 0.65),
  against('full', 'full', 'analyze coalesce', 'tcptrace', null),
  against('full', 'full', 'analyze coalesce, linux-gro', 'analyze coalesce', 1.3),
  against('full', 'full', 'analyze explain, inet_lro alone', 'analyze coalesce', 2.0),
  against('full', 'full', 'analyze explain, linux-gro alone', 'analyze coalesce', 2.0),
  against('full', 'full', 'analyze explain, linux-gro alone', 'analyze coalesce, linux-gro', 2.0),
  against('full', 'full', 'analyze explain, no report', 'analyze coalesce', 2.0),
  // The same three times as long, where starting a process is a smaller part.
  against('long', 'headers-long', 'analyze coalesce', 'tcpdump', 1.0),
  against('long', 'headers-long', 'analyze coalesce', 'tcptrace', 0.28),
  against('long', 'full-long', 'analyze coalesce', 'tcpdump', 0.65),
  against('flows', 'flows', 'analyze coalesce', 'tcpdump', null),
  against('flows', 'flows', 'analyze coalesce', 'tcptrace', null),
  against('flows', 'flows', 'analyze coalesce, linux-gro', 'analyze coalesce', 1.3),
  against('flows', 'flows', 'analyze', 'analyze coalesce', 2.2),
  against('flows', 'flows', 'analyze, napi', 'analyze coalesce', null),
  against('flows', 'flows', 'analyze explain, inet_lro alone', 'analyze coalesce', 2.0),
  against('flows', 'flows', 'analyze explain, linux-gro alone', 'analyze coalesce', 2.0),
  against('flows', 'flows', 'analyze explain, linux-gro alone', 'analyze coalesce, linux-gro', 2.0),
  against('flows', 'flows', 'analyze explain, no report', 'analyze coalesce', 2.0),
  against('flows', 'flows', 'analyze explain', 'analyze coalesce', 2.0),
  against('sweep', 'headers', 'analyze sweep, 26 × max-aggr', 'analyze', 8),
  against('sweep', 'headers', 'analyze sweep, 26 × rx-usecs, napi', 'analyze, napi', 8),
];

/** Takes a minute a run: only on request. */
export const SLOW_COMPARISONS: readonly Comparison[] = [
  against('headers', 'headers', 'analyze coalesce', 'tshark', null),
];

/** Peak resident set of `analyze coalesce` on any of these inputs, megabytes of 10^6 bytes. */
export const MEMORY_TARGET_MB = 90;

export const MEMORY_INPUTS: readonly { readonly group: Group; readonly input: InputName }[] = [
  { group: 'headers', input: 'headers' },
  { group: 'headers', input: 'headers-pcapng' },
  { group: 'headers', input: 'headers-gzip' },
  { group: 'full', input: 'full' },
  { group: 'long', input: 'headers-long' },
  { group: 'long', input: 'full-long' },
  { group: 'flows', input: 'flows' },
];
