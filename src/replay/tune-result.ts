/** What `analyze tune` found: settings of moderation and merging, judged by what each buys and costs. */
import type { CaptureSummary, ReceiverSummary, ResultRecord, Warning } from './result.ts';

/** What a setting gives on the whole capture, or a part of it. */
export interface TuneOutcome {
  /** Null without TCP data. */
  readonly lroRate: number | null;
  readonly domain0CyclesPerByte: number | null;
  readonly domainUCyclesPerByte: number | null;
  readonly predictedThroughputMbps: number | null;
  readonly latencyMeanUs: number | null;
  readonly latencyP99Us: number | null;
  readonly interrupts: number | null;
  /** Lost at a full ring, and their share of all received packets, 0…1. */
  readonly dropped: number;
  readonly droppedShare: number;
}

export interface TuneSetting {
  /** Null: as the NIC preset has it. */
  readonly rxUsecs: string | null;
  readonly rxFrames: string | null;
  readonly merging: boolean;
  /** What a person would run. */
  readonly commands: readonly string[];
  readonly whole: TuneOutcome;
  /** One for each part of the capture. */
  readonly parts: readonly TuneOutcome[];
  /** No other setting is as good in all three objectives and better in one. */
  readonly onFront: boolean;
}

/** The choice among the settings, on the whole capture or a part of it. */
export interface TuneVerdict {
  /** The knee of the front; null where nothing can be said. */
  readonly knee: number | null;
  /** The knee where it is worth the change, else null. */
  readonly advice: number | null;
}

export interface TunePart {
  /** Since the first packet of the capture. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly verdict: TuneVerdict;
  /** Whether what is said of the whole capture holds for this part alone. */
  readonly agrees: boolean;
}

export interface TuneRecord {
  /** Version of this record's shape. */
  readonly recordVersion: 1;
  readonly tool: ResultRecord['tool'];
  readonly capture: CaptureSummary;
  readonly receiver: ReceiverSummary;
  /** Of the default setting, as resolved. */
  readonly options: ResultRecord['options'];
  /** Engine and path with merging on. */
  readonly engine: string;
  readonly configuration: string;
  /** The first is the default: the NIC preset with merging on. */
  readonly settings: readonly TuneSetting[];
  readonly verdict: TuneVerdict;
  readonly parts: readonly TunePart[];
  /** How the knee is chosen, and when a change counts as worth it. */
  readonly rules: readonly string[];
  /** What the advice rests on. */
  readonly assumptions: readonly string[];
  readonly warnings: readonly Warning[];
}
