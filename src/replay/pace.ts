/**
 * The pace at which `napi` offers a capture: its own, a given rate, or that of a sender which the receiver slows
 * down, as TCP is: the fixed point of offered and predicted throughput.
 */
import type { ConfigurationSetup } from './configurations.ts';
import type {
  ConfigurationName,
  ConfigurationResult,
  Pace as PaceResult,
  ResultRecord,
  Warning,
} from './result.ts';

export type Pace =
  | { readonly kind: 'capture' }
  | { readonly kind: 'cpu' }
  /** Goodput in Mbit/s. */
  | { readonly kind: 'fixed'; readonly mbps: number };

/** Offered and predicted throughput agree if they differ by less than this share. */
export const PACE_TOLERANCE = 0.001;
/** Passes over the capture after which the search ends, converged or not. */
export const MAX_PACE_PASSES = 12;

type Replay = (setups: readonly ConfigurationSetup[]) => Promise<ResultRecord>;

/**
 * @param replay one pass over the capture; called again for every pace that is tried
 * @returns the record of the last pass, with the pace of each configuration that polls by `napi`. It is at the
 * capture's own pace where there is no throughput to compare.
 */
export async function replayAtPace(
  pace: Pace,
  setups: readonly ConfigurationSetup[],
  replay: Replay,
  signal?: AbortSignal,
): Promise<ResultRecord> {
  let record = await replay(setups);
  const capturedMbps = record.throughput.capturedGoodputMbps;
  if (pace.kind === 'capture') return record;
  if (capturedMbps === null || capturedMbps === 0) {
    const message = 'the capture has no throughput that could be paced; it was replayed with its own times.';
    return withWarning(record, { code: 'W-NO-PACE', message });
  }
  let passes = 1;
  let converged = false;
  let offered = new Map<ConfigurationName, number>();
  while (!converged && passes < MAX_PACE_PASSES && signal?.aborted !== true) {
    offered = new Map(record.configurations.map((one) => [one.name, aim(pace, one) ?? capturedMbps]));
    record = await replay(setups.map((setup) => stretch(setup, capturedMbps / offered.get(setup.name)!)));
    passes++;
    converged = record.configurations.every(
      (one, index) => setups[index]!.poll.kind !== 'napi' || agrees(pace, one, offered.get(one.name)!),
    );
  }
  const paceOf = (one: ConfigurationResult): PaceResult => ({
    offeredMbps: offered.get(one.name)!,
    timeScale: capturedMbps / offered.get(one.name)!,
    passes,
    converged: pace.kind === 'cpu' ? agrees(pace, one, offered.get(one.name)!) : null,
  });
  const configurations = record.configurations.map((one, index) =>
    setups[index]!.poll.kind === 'napi' ? { ...one, pace: paceOf(one) } : one,
  );
  const paced = { ...record, configurations };
  if (converged) return paced;
  const message = `offered and predicted throughput did not meet in ${passes} passes over the capture: the results are those of the last pass, whose rates differ.`;
  return withWarning(paced, { code: 'W-NO-FIXED-POINT', message });
}

function withWarning(record: ResultRecord, warning: Warning): ResultRecord {
  return { ...record, warnings: [...record.warnings, warning] };
}

/** The rate to offer next, Mbit/s; null where nothing is predicted. */
function aim(pace: Exclude<Pace, { kind: 'capture' }>, one: ConfigurationResult): number | null {
  return pace.kind === 'fixed' ? pace.mbps : one.predictedThroughputMbps;
}

function agrees(pace: Pace, one: ConfigurationResult, offeredMbps: number): boolean {
  if (pace.kind === 'fixed' || one.predictedThroughputMbps === null) return true;
  return Math.abs(one.predictedThroughputMbps / offeredMbps - 1) <= PACE_TOLERANCE;
}

function stretch(setup: ConfigurationSetup, timeScale: number): ConfigurationSetup {
  return setup.poll.kind === 'napi' ? { ...setup, poll: { ...setup.poll, timeScale } } : setup;
}
