import type { ChartWidth } from '../report/format-names.ts';
import type { RawStudyOptions } from './study-options.ts';

/** What the parser hands over to the main command and to batches. */
export interface RawAnalyzeOptions extends RawStudyOptions {
  readonly captures: readonly string[];
  readonly out: string;
  readonly format: string;
  readonly 'chart-width': ChartWidth;
  readonly flows: string | undefined;
  readonly json: boolean;
  readonly workers: string | undefined;
  readonly cache: boolean;
  readonly shard: string | undefined;
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** Where to let the work be done, instead of here. */
export interface QueueChoice {
  readonly url: string;
  /** Folder that the workers see as their root. */
  readonly root: string;
}
