/** From the options of study-definitions.ts, as the parser hands them over, to one study. */
import type { Law } from '../cost/laws.ts';
import { loadProfile } from '../cost/load-profile.ts';
import { ProfileError } from '../cost/profile.ts';
import type { ReceiveMode } from '../path/netback.ts';
import type { EngineName } from '../replay/coalesce.ts';
import { studySetups } from '../replay/configurations.ts';
import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { StudyOptions } from '../replay/study.ts';
import { type RawGroOptions, resolveGroOptions } from './gro-options.ts';
import { nicSummary, parsePace, type RawNicOptions, refuseNicOptions, resolveNic } from './nic-options.ts';
import { resolveReplayOptions } from './options.ts';
import { describePoll, parseConfigurationPolls } from './poll-option.ts';
import { resolveRuleOptions } from './rule-engines.ts';
import type { RawRuleOptions } from './rule-options.ts';
import { UsageError } from './usage.ts';

export interface RawStudyOptions extends RawRuleOptions, RawGroOptions, RawNicOptions {
  readonly engine: EngineName;
  readonly poll: readonly string[];
  readonly 'receive-mode': ReceiveMode;
  readonly profile: string;
  readonly pace: string | undefined;
  readonly law: Law;
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
  if (pace.kind === 'cpu' && raw.law === 'none') {
    throw new UsageError('--pace cpu needs a throughput law other than none');
  }
  try {
    const study: StudyOptions = {
      setups,
      pollText: polls.text,
      pollDescription: describePoll(polls.common.spec),
      nic: napi === undefined ? null : nicSummary(napi),
      pace: raw.pace ?? 'capture',
      inetLro,
      linuxGro: resolveGroOptions(raw),
      byRules: resolveRuleOptions(raw, { inetLro }),
      receiveMode: raw['receive-mode'],
      profile: loadProfile(raw.profile),
      law: raw.law,
      receiver: raw.receiver,
      fcsBytes: session.fcsBytes,
    };
    return { session, pace, study };
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(`--profile: ${error.message}`);
    throw error;
  }
}
