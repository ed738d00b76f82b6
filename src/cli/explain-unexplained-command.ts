/** `analyze explain --unexplained`: what could account for the guest cycles that no counted event explains. */
import { ProfileError } from '../cost/profile.ts';
import { HYPOTHESES, type Hypothesis } from '../path/hypotheses.ts';
import { openSession } from '../replay/session.ts';
import { unexplained } from '../replay/unexplained.ts';
import { isDegraded } from '../replay/warnings.ts';
import { renderUnexplained } from '../report/unexplained-text.ts';
import { EXIT } from './exit-code.ts';
import { abortOnSignals, createPacer } from './pacer.ts';
import { type RawStudyOptions, resolveStudy } from './study-options.ts';
import { complain, createStdout } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface RawUnexplainedOptions extends Omit<RawStudyOptions, 'engine' | 'law' | 'pace' | 'poll'> {
  readonly capture: string;
  readonly poll: string | readonly string[] | undefined;
  /** Those that are switched on; empty: all. */
  readonly hypothesis: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly progress: boolean;
}

export async function runExplainUnexplained(raw: RawUnexplainedOptions): Promise<number> {
  const hypotheses = parseHypotheses(raw.hypothesis);
  const { session: choices, study } = resolveStudy({
    ...raw,
    poll: [raw.poll ?? []].flat(),
    engine: 'inet_lro',
    law: 'none',
    pace: undefined,
  });
  const signal = abortOnSignals();
  const pacer = createPacer(raw.progress && !raw.quiet);
  const session = await openSession(raw.capture, { ...choices, stdin: () => process.stdin });
  try {
    const record = await unexplained(session, study, hypotheses, () => pacer.tick(session.reader), signal);
    pacer.done();
    if (signal.aborted) return EXIT.INTERRUPTED;
    const out = createStdout();
    out.write(raw.json ? `${JSON.stringify(record, null, 2)}\n` : renderUnexplained(record));
    await out.end();
    for (const warning of record.warnings) complain(`${warning.code}: ${warning.message}`);
    return isDegraded(record.warnings) ? EXIT.DEGRADED : EXIT.DONE;
  } catch (error) {
    if (error instanceof ProfileError) throw new UsageError(`--profile: ${error.message}`);
    throw error;
  } finally {
    session.close();
    pacer.done();
  }
}

function parseHypotheses(texts: readonly string[]): readonly Hypothesis[] {
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
  const wrong = names.find((name) => !HYPOTHESES.some((known) => known === name));
  if (wrong !== undefined) {
    throw new UsageError(`--hypothesis: '${wrong}' is none of ${HYPOTHESES.join(', ')}`);
  }
  return names.length === 0 ? HYPOTHESES : HYPOTHESES.filter((known) => names.includes(known));
}
