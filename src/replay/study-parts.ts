/** Studies of a whole capture and of its parts in time, in one pass. */
import type { PacketTable } from '../packet/table.ts';
import type { ResultRecord } from './result.ts';
import type { Session } from './session.ts';
import { splitByTime } from './split-by-time.ts';
import { createStudyRun, type StudyOptions, type StudyRun } from './study.ts';

type AfterBlock = () => undefined | Promise<void>;

/** Time of the first and last received packet, in a pass that decodes only; null without packets. */
export async function timeSpan(
  session: Session,
  afterBlock?: AfterBlock,
  signal?: AbortSignal,
): Promise<{ readonly firstNs: number; readonly lastNs: number } | null> {
  const span = { firstNs: Number.POSITIVE_INFINITY, lastNs: Number.NEGATIVE_INFINITY };
  await session.run(({ rows, received, timeNs }) => {
    let { firstNs, lastNs } = span;
    for (let i = 0; i < received; i++) {
      const now = timeNs[rows[i]!]!;
      if (now < firstNs) firstNs = now;
      if (now > lastNs) lastNs = now;
    }
    span.firstNs = firstNs;
    span.lastNs = lastNs;
    return afterBlock?.();
  }, signal);
  return span.lastNs < span.firstNs ? null : span;
}

/**
 * `startsNs`: where the second and later parts begin, ascending; a packet of an earlier time that comes after one of a
 * later part stays in that part.
 * @returns the records of the whole capture, then those of each part
 */
export async function studyParts(
  session: Session,
  points: readonly StudyOptions[],
  startsNs: readonly number[],
  afterBlock?: AfterBlock,
  signal?: AbortSignal,
): Promise<ResultRecord[][]> {
  const whole = createStudyRun(session, points);
  const parts = [Number.NEGATIVE_INFINITY, ...startsNs].map(() => createStudyRun(session, points));
  const state = { part: 0 };
  await session.run((table) => {
    whole.add(table);
    state.part = addToParts(table, parts, startsNs, state.part);
    return afterBlock?.();
  }, signal);
  return [whole, ...parts].map((run) => run.finish());
}

/** Hands each part its received rows. Returns the part that the block ended in. */
function addToParts(
  table: PacketTable,
  parts: readonly StudyRun[],
  startsNs: readonly number[],
  first: number,
): number {
  let part = first;
  splitByTime(table, {
    edgeNs: () => startsNs[part] ?? Number.POSITIVE_INFINITY,
    pass: () => {
      part++;
    },
    take: () => parts[part]!.add(table),
  });
  return part;
}
