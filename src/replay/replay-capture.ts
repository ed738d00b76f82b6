/** A capture file and resolved options in, one result record out: what a command, a worker thread or another machine runs. */
import type { Readable } from 'node:stream';
import { fileState } from '../capture/file-state.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { type Pace, replayAtPace } from './pace.ts';
import type { ResultRecord } from './result.ts';
import { openSession, type SessionOptions, untilReceiverStays } from './session.ts';
import { type StudyOptions, study } from './study.ts';

/** One study: how the capture is read, at which pace, and what is made of it. Plain data, so that it can travel. */
export interface ResolvedStudy {
  readonly session: Omit<SessionOptions, 'stdin'>;
  readonly pace: Pace;
  readonly study: StudyOptions;
}

export interface ReplayHooks {
  readonly stdin: () => Readable;
  /** As in SessionOptions. */
  readonly readAhead?: boolean;
  /** Is called after each block, for progress; waited for where it returns a promise. */
  readonly afterBlock?: (reader: CaptureReader) => undefined | Promise<void>;
  /** Once a pass over the capture has ended. */
  readonly afterPass?: () => void;
  readonly signal?: AbortSignal;
}

/** Throws a CaptureError where nothing can be read. With an aborted signal the record is that of what was read. */
export async function replayCapture(
  path: string,
  { session: choices, pace, study: options }: ResolvedStudy,
  hooks: ReplayHooks,
): Promise<ResultRecord> {
  const { stdin, readAhead = false, afterBlock, afterPass, signal } = hooks;
  const before = fileState(path);
  const record = await replayAtPace(
    pace,
    options.setups,
    async (setups) => {
      const session = await openSession(path, { ...choices, stdin, readAhead, guessReceiver: true });
      try {
        return await untilReceiverStays(() =>
          study(session, { ...options, setups }, () => afterBlock?.(session.reader), signal),
        );
      } finally {
        session.close();
        afterPass?.();
      }
    },
    signal,
  );
  if (fileState(path) === before) return record;
  const message =
    'the file changed while it was read: the results are those of what was there. Run it again when nobody writes to it any more.';
  return { ...record, warnings: [...record.warnings, { code: 'W-CHANGED', message }] };
}
