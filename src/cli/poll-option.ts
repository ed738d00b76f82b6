/** `--poll batch:N | window:T[:B] | end | file:F | napi | veth`, see docs/polls.md. */
import { readFileSync } from 'node:fs';
import type { NapiSpec } from '../nic/napi-state.ts';
import type { PollSpec } from '../nic/poll.ts';
import type { VethSpec } from '../nic/veth.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../path/xen-configurations.ts';
import { describeNapi } from './nic-options.ts';
import { UsageError, wholeNumber } from './usage.ts';
import { describeVeth } from './veth-options.ts';

/** Of the main command and of `explain`: moderation, the poll loop and its processor simulated. */
export const STUDY_POLL = 'napi';
/** Without a processor: 8,000 interrupts a second, a common fixed setting of the study's time, and NAPI's weight. */
export const DEFAULT_POLL = 'window:125:64';
const DEFAULT_BUDGET = 64;
const MAX_COUNT = 1_000_000_000;
const FORMS = "'batch:N', 'window:T[:B]' (T in µs), 'end', 'file:F', 'napi' or 'veth'";

/** `napi`, `veth`: what the options of those models say. */
export function parsePoll(text: string, napi: () => NapiSpec, veth?: () => VethSpec): PollSpec {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  if (kind === 'end' && rest === '') return { kind: 'end' };
  if (kind === 'napi' && rest === '') return napi();
  if (kind === 'veth' && rest === '') {
    if (veth === undefined) throw new UsageError('--poll veth is for analyze coalesce');
    return veth();
  }
  if (kind === 'batch') return { kind: 'batch', packets: wholeNumber('--poll batch', rest, 1, MAX_COUNT) };
  if (kind === 'window') return parseWindow(rest, text);
  if (kind === 'file' && rest !== '') return { kind: 'file', file: rest, lastPackets: readBoundaries(rest) };
  throw new UsageError(`--poll: '${text}' is none of ${FORMS}`);
}

function parseWindow(rest: string, text: string): PollSpec {
  const parts = rest.split(':');
  const micros = parts[0] ?? '';
  if (parts.length > 2 || !/^\d+(\.\d{1,3})?$/.test(micros)) {
    throw new UsageError(
      `--poll: '${text}' must be window:T or window:T:B with T in µs (up to three decimals)`,
    );
  }
  const windowNs = Math.round(Number(micros) * 1000);
  const budget =
    parts[1] === undefined ? DEFAULT_BUDGET : wholeNumber('--poll window', parts[1], 0, MAX_COUNT);
  return { kind: 'window', windowNs, budget };
}

/** One 0-based record number a line, ascending. */
function readBoundaries(file: string): Float64Array {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`--poll file: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const numbers = new Float64Array(lines.length);
  let count = 0;
  let previous = -1;
  lines.forEach((line, index) => {
    if (line === '') return;
    const value = /^\d+$/.test(line) ? Number(line) : -1;
    if (value <= previous) {
      throw new UsageError(
        `--poll file: ${file}, line ${index + 1}: '${line}' is not a record number above ${previous}`,
      );
    }
    previous = value;
    numbers[count++] = value;
  });
  return numbers.subarray(0, count);
}

/** For polls that nobody asked for. */
export function describeDefault(spec: PollSpec): string {
  return `${describePoll(spec)}. This is the default: what is not given as an option is assumed, the study states none of it, and the LRO rate follows from it`;
}

/** What a poll model means, for people. */
export function describePoll(spec: PollSpec): string {
  switch (spec.kind) {
    case 'batch':
      return `a poll ends after every ${spec.packets} received packets`;
    case 'end':
      return 'one poll for the whole capture: the upper bound of merging';
    case 'file':
      return `polls end where ${spec.file} says`;
    case 'napi':
      return describeNapi(spec);
    case 'veth':
      return describeVeth(spec);
    case 'window': {
      const rate = spec.windowNs > 0 ? `, at most ${Math.round(1e9 / spec.windowNs)} interrupts/s` : '';
      const budget = spec.budget > 0 ? `, rounds of at most ${spec.budget} packets` : '';
      return `fixed interrupt moderation: windows of ${spec.windowNs / 1000} µs${rate}${budget}`;
    }
  }
}

export interface ConfigurationPolls {
  /** For the configurations that have none of their own. */
  readonly common: { readonly text: string; readonly spec: PollSpec };
  /** Whether the user chose it. */
  readonly given: boolean;
  of(name: XenConfiguration): { text: string; spec: PollSpec };
  /** As given. */
  readonly text: string;
}

/** `--poll SPEC` for all configurations, `--poll LRO=SPEC` for one; both may be given. */
export function parseConfigurationPolls(
  texts: readonly string[],
  napi: () => NapiSpec,
  unlessGiven: string = STUDY_POLL,
): ConfigurationPolls {
  let given = false;
  let common = { text: unlessGiven, spec: parsePoll(unlessGiven, napi) };
  const own = new Map<XenConfiguration, { text: string; spec: PollSpec }>();
  for (const text of texts) {
    const name = XEN_CONFIGURATIONS.find((known) => text.startsWith(`${known}=`));
    const spec = name === undefined ? text : text.slice(name.length + 1);
    const parsed = { text: spec, spec: parsePoll(spec, napi) };
    if (name !== undefined) own.set(name, parsed);
    else {
      common = parsed;
      given = true;
    }
  }
  const parts = [common.text, ...[...own].map(([name, poll]) => `${name}=${poll.text}`)];
  return { common, given, of: (name) => own.get(name) ?? common, text: parts.join(' ') };
}
