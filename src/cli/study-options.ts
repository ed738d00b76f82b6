/** From the options of study-definitions.ts, as the parser hands them over, to one study. */
import type { Law } from '../cost/laws.ts';
import type { Profile } from '../cost/profile.ts';
import type { EngineName } from '../replay/coalesce.ts';
import { studySetups } from '../replay/configurations.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { StudyOptions } from '../replay/study.ts';
import { type RawGroOptions, resolveGroOptions } from './gro-options.ts';
import {
  givenNicOption,
  nicSummary,
  parsePace,
  type RawNicOptions,
  refuseNicOptions,
  resolveNic,
} from './nic-options.ts';
import { resolveReplayOptions } from './options.ts';
import { type RawPathOptions, resolvePath } from './path-options.ts';
import { DEFAULT_POLL, describeDefault, describePoll, parseConfigurationPolls } from './poll-option.ts';
import { resolveRuleOptions } from './rule-engines.ts';
import type { RawRuleOptions } from './rule-options.ts';
import { UsageError } from './usage.ts';

export interface RawStudyOptions extends RawRuleOptions, RawGroOptions, RawNicOptions, RawPathOptions {
  readonly engine: EngineName;
  readonly poll: readonly string[];
  readonly pace: string | undefined;
  readonly law: Law | undefined;
}

/** Checks and converts; throws a UsageError that names the option. */
export function resolveStudy(raw: RawStudyOptions): ResolvedStudy {
  const { inetLro, ...session } = resolveReplayOptions(raw);
  const polls = parseConfigurationPolls(raw.poll, () => resolveNic(raw));
  const setups = studySetups(polls.of, raw.engine);
  const napi = setups.map(({ poll }) => poll).find((poll) => poll.kind === 'napi');
  const pace = parsePace(raw.pace);
  if (napi === undefined) {
    refuseNicOptions(raw);
    if (raw.pace !== undefined) throw new UsageError('--pace counts only with --poll napi');
  }
  const { path, profile } = resolvePath(raw, inetLro.mode);
  const chosePolls = polls.given || raw.pace !== undefined || givenNicOption(raw) !== undefined;
  const law = raw.law ?? defaultLaw(profile);
  if (law !== 'none' && profile.throughput.laws[law] === undefined) {
    const known = [...Object.keys(profile.throughput.laws), 'none'].join(', ');
    throw new UsageError(`--law: the profile ${profile.name} has no clock for ${law}, only for ${known}`);
  }
  if (pace.kind === 'cpu' && law === 'none') {
    throw new UsageError('--pace cpu needs a throughput law other than none');
  }
  const study: StudyOptions = {
    setups,
    withoutTimes: chosePolls ? null : timelessPolls(raw),
    pollText: polls.text,
    pollDescription: polls.given ? describePoll(polls.common.spec) : describeDefault(polls.common.spec),
    nic: napi === undefined ? null : nicSummary(napi),
    pace: raw.pace ?? 'capture',
    inetLro,
    linuxGro: resolveGroOptions(raw),
    byRules: resolveRuleOptions(raw, { inetLro }),
    path,
    profile,
    set: raw.set,
    law,
    receiver: raw.receiver,
    fcsBytes: session.fcsBytes,
  };
  return { session, pace, study };
}

/** For captures whose packets have no times, if the user did not ask for polls that need them. */
function timelessPolls(raw: RawStudyOptions): StudyOptions['withoutTimes'] {
  const polls = parseConfigurationPolls(raw.poll, () => resolveNic(raw), DEFAULT_POLL);
  return {
    setups: studySetups(polls.of, raw.engine),
    pollText: polls.text,
    pollDescription: describePoll(polls.common.spec),
    nic: null,
  };
}

/** The first that the profile has a clock for. */
function defaultLaw(profile: Profile): Law {
  const [first = 'none'] = Object.keys(profile.throughput.laws) as Law[];
  return first;
}
