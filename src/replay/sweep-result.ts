/** What a sweep found: many studies of one capture, told apart by the options that varied. */
import type {
  CaptureSummary,
  ConfigurationResult,
  ReceiverSummary,
  ResultRecord,
  Warning,
} from './result.ts';

/** An option that varied. */
export interface SweepParameter {
  /** Of the command line, without dashes. */
  readonly name: string;
  /** As given on the command line, each once. */
  readonly values: readonly string[];
}

export interface SweepPoint {
  /** One for each parameter. */
  readonly values: readonly string[];
  /** As resolved at this point. */
  readonly options: ResultRecord['options'];
  /** What the main command finds with these options. */
  readonly configurations: readonly ConfigurationResult[];
}

/** Counted in points. */
export interface SweepWarning extends Warning {
  readonly points: number;
}

export interface SweepRecord {
  /** Version of this record's shape. */
  readonly recordVersion: 1;
  readonly tool: ResultRecord['tool'];
  readonly capture: CaptureSummary;
  /** At the first point. */
  readonly receiver: ReceiverSummary;
  /** False where the sweep was interrupted: everything is about the beginning of the capture. */
  readonly complete: boolean;
  /** Share of the file that was replayed, 0…1; null where its length is not known. */
  readonly replayedShare: number | null;
  readonly parameters: readonly SweepParameter[];
  /** Every combination of values, the last parameter changing fastest. */
  readonly points: readonly SweepPoint[];
  /** Each code once, with the message of its first point. */
  readonly warnings: readonly SweepWarning[];
}
