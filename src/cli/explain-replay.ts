import { type ExplainOptions, explain } from '../replay/explain.ts';
import type { ExplainRecord } from '../replay/explain-result.ts';
import { openSession, untilReceiverStays } from '../replay/session.ts';
import type { RawExplainOptions } from './explain-options.ts';
import { resolveReplayOptions } from './options.ts';
import { createPacer } from './pacer.ts';

/**
 * One pass over the capture for the engines of `options`. Throws a CaptureError where nothing can be read.
 * @param alone no other thread does so
 */
export async function explainCapture(
  raw: RawExplainOptions,
  options: ExplainOptions,
  progress: boolean,
  alone: boolean,
  signal?: AbortSignal,
): Promise<ExplainRecord> {
  const { inetLro: _, ...choices } = resolveReplayOptions(raw);
  const pacer = createPacer(progress);
  const session = await openSession(raw.capture, {
    ...choices,
    stdin: () => process.stdin,
    readAhead: alone,
    guessReceiver: true,
  });
  try {
    return await untilReceiverStays(() =>
      explain(session, options, () => pacer.tick(session.reader), signal),
    );
  } finally {
    session.close();
    pacer.done();
  }
}
