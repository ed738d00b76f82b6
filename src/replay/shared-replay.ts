/** Many studies in as few passes over a capture as one of them takes. */
import { type Pace, replayAtPace } from './pace.ts';
import type { ResultRecord } from './result.ts';
import type { StudyOptions } from './study.ts';

/** One study of many, at a pace of its own. */
export interface PacedStudy {
  readonly study: StudyOptions;
  readonly pace: Pace;
}

/**
 * Each study goes its own way, `replayAtPace`; whenever all that are not done yet wait for a pass, one pass serves them.
 * @param replayAll one pass over the capture, for the given studies
 */
export async function replayTogether(
  studies: readonly PacedStudy[],
  replayAll: (all: readonly StudyOptions[]) => Promise<ResultRecord[]>,
  signal?: AbortSignal,
): Promise<ResultRecord[]> {
  const shared = createSharedPasses(studies.length, replayAll);
  return Promise.all(
    studies.map(async ({ study, pace }) => {
      const record = await replayAtPace(
        pace,
        study.setups,
        (setups) => shared.ask({ ...study, setups }),
        signal,
      );
      shared.leave();
      return record;
    }),
  );
}

interface SharedPasses<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  /** One asker has no further question. */
  leave(): void;
}

export function createSharedPasses<Question, Answer>(
  askers: number,
  answerAll: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): SharedPasses<Question, Answer> {
  let active = askers;
  let waiting: {
    readonly question: Question;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  function goOn(): void {
    if (waiting.length === 0 || waiting.length < active) return;
    const asked = waiting;
    waiting = [];
    answerAll(asked.map(({ question }) => question)).then(
      (answers) => {
        for (const [index, { resolve }] of asked.entries()) resolve(answers[index]!);
      },
      (error: unknown) => {
        for (const { reject } of asked) reject(error);
      },
    );
  }

  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        waiting.push({ question, resolve, reject });
        goOn();
      });
    },
    leave() {
      active--;
      goOn();
    },
  };
}
