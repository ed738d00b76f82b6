/** The options of `analyze explain`, as the parser hands them over, and what they mean. */
import { ENGINES, type EngineName } from '../coalesce/catalog.ts';
import type { ExplainOptions, ExplainPolls } from '../replay/explain.ts';
import { type RawGroOptions, resolveGroOptions } from './gro-options.ts';
import { givenNicOption, resolveNic } from './nic-options.ts';
import { resolveReplayOptions } from './options.ts';
import { DEFAULT_POLL, describeDefault, describePoll, parsePoll, STUDY_POLL } from './poll-option.ts';
import { type RawPriceOptions, softirqFactory } from './priced-softirq.ts';
import { resolveRuleOptions } from './rule-engines.ts';
import type { RawRuleOptions } from './rule-options.ts';
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

/** Checks and converts; throws a UsageError that names the option. */
export async function explainOptions(raw: RawExplainOptions): Promise<ExplainOptions> {
  const { inetLro } = resolveReplayOptions(raw);
  const polls = pollsOf(raw);
  const newSoftirq = await softirqFactory(raw, polls.poll, inetLro.mode);
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
    ...polls,
    softirq: (engine, core, slots) => newSoftirq(engine !== 'none', core, slots),
    whatIfs: parseWhatIf(raw['what-if']),
    top: wholeNumber('--top', raw.top, 0, MAX_TOP),
    packets: [...new Set(raw.packet.map((text) => wholeNumber('--packet', text, 0, MAX_RECORD)))],
    diff,
  };
}

function pollsOf(raw: RawExplainOptions): ExplainPolls & Pick<ExplainOptions, 'withoutTimes'> {
  const napi = () => resolveNic(raw);
  const pollText = raw.poll ?? STUDY_POLL;
  const poll = parsePoll(pollText, napi);
  const pollDescription = raw.poll === undefined ? describeDefault(poll) : describePoll(poll);
  if (raw.poll !== undefined || givenNicOption(raw) !== undefined) {
    return { poll, pollText, pollDescription, withoutTimes: null };
  }
  const timeless = parsePoll(DEFAULT_POLL, napi);
  const withoutTimes = {
    poll: timeless,
    pollText: DEFAULT_POLL,
    pollDescription: describePoll(timeless),
  };
  return { poll, pollText, pollDescription, withoutTimes };
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
