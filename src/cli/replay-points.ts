/** Replays one capture for many studies: as few passes as they allow, with progress, until a signal ends it. */

import type { ResolvedStudy } from '../replay/replay-capture.ts';
import type { ResultRecord } from '../replay/result.ts';
import { type PacedStudy, replayTogether } from '../replay/shared-replay.ts';
import type { StudyOptions } from '../replay/study.ts';
import { replayInThreads } from './replay-threads.ts';
import { UsageError } from './usage.ts';

export interface ReplayedPoints {
  /** By index of the study; null where the work ended before its turn. */
  readonly records: readonly (ResultRecord | null)[];
  /** Share of the file that the last pass has read, 0…1; null where the length is not known. */
  readonly share: number | null;
}

/** Studies that read the capture in different ways need a pass each; the others share theirs. */
export async function replayPoints(
  capture: string,
  points: readonly ResolvedStudy[],
  progress: boolean,
  signal: AbortSignal,
): Promise<ReplayedPoints> {
  const groups = groupBySession(points);
  if (capture === '-' && (groups.length > 1 || points.some(({ pace }) => pace.kind !== 'capture'))) {
    throw new UsageError(
      'these options read the capture more than once, which stdin does not allow: save it to a file',
    );
  }
  const records: (ResultRecord | null)[] = points.map(() => null);
  const state = { share: null as number | null };
  for (const group of groups) {
    const { session } = points[group[0]!]!;
    const studies: PacedStudy[] = group.map((index) => points[index]!);
    const onePass = async (all: readonly StudyOptions[]): Promise<ResultRecord[]> => {
      const job = { capture, session, points: all, startsNs: null };
      const { records: found, share } = await replayInThreads(job, progress, signal);
      state.share = share;
      return found[0]!;
    };
    const found = await replayTogether(studies, onePass, signal);
    // Of an interrupted sweep, whole passes are worth more than a part of the next one.
    if (signal.aborted && group !== groups[0]) break;
    for (const [at, index] of group.entries()) records[index] = found[at]!;
    if (signal.aborted) break;
  }
  return { records, share: state.share };
}

function groupBySession(points: readonly ResolvedStudy[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, { session }] of points.entries()) {
    const key = JSON.stringify(session);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return [...groups.values()];
}
