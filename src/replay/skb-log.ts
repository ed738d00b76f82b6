/** The log of what lanes in the core delivered (wasm/delivery.ts): equal skbs in a row, and polls of them, are one entry. */
import type { Core } from '../capture/core.ts';
import type { XenPath } from '../path/xen-path.ts';

/** Of an entry: reason, segments, payload bytes, frame bytes, times, polls. */
const ENTRY_WORDS = 6;

/** `times` equal skbs, one after the other; with `polls` the end of a poll after them, and all that so often. */
export type TakeSkbs = (
  reason: number,
  segments: number,
  payloadBytes: number,
  frameBytes: number,
  times: number,
  polls: number,
) => void;

/** Entries for which it does not pay to call the core. */
const FEW = 16;

/** Takes the first so many entries. */
export type TakeLog = (entries: number) => void;

export interface SkbLog {
  readonly core: Core;
  /** Hands on entries `from … to-1`. */
  read(from: number, to: number, take: TakeSkbs): void;
}

export function createSkbLog(core: Core): SkbLog {
  const log = new Int32Array(core.buffer, core.at.LOG, ENTRY_WORDS * core.at.LOG_ENTRIES);
  return {
    core,
    read(from, to, take) {
      const end = to * ENTRY_WORDS;
      for (let at = from * ENTRY_WORDS; at < end; at += ENTRY_WORDS)
        take(log[at]!, log[at + 1]!, log[at + 2]!, log[at + 3]!, log[at + 4]!, log[at + 5]!);
    },
  };
}

/** `inCore` takes them as `take` takes one after the other. */
export function inCoreIfMany(log: SkbLog, take: TakeSkbs, inCore: TakeLog): TakeLog {
  return (entries) => {
    if (entries < FEW) log.read(0, entries, take);
    else inCore(entries);
  };
}

/** Sends entries down a path. */
export function createLogPasser(path: XenPath, log: SkbLog): TakeLog {
  const take: TakeSkbs = (_reason, segments, payloadBytes, frameBytes, times, polls) =>
    path.deliverRun(segments, payloadBytes, frameBytes, times, polls);
  return inCoreIfMany(log, take, (entries) => {
    for (let i = path.passInCore(0, entries); i < entries; i = path.passInCore(i + 1, entries)) {
      log.read(i, i + 1, take);
    }
  });
}
