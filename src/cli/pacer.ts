/** Keeps the event loop alive during a long replay (signals, timers) and shows progress on a terminal. */
import type { CaptureReader } from '../capture/reader.ts';
import { terminalOf } from './terminal.ts';

const YIELD_EVERY_MS = 50;
const SHOW_AFTER_MS = 1000;
const SHOW_EVERY_MS = 200;

export interface Pacer {
  /** Call after each block; returns a promise now and then. */
  tick(reader: CaptureReader): undefined | Promise<void>;
  /** Wipes the progress line. */
  done(): void;
}

/** `progress`: whether to show it at all; it is shown only where stderr is a terminal. */
export function createPacer(progress: boolean): Pacer {
  const start = Date.now();
  const visible = progress && terminalOf(2).isTTY === true;
  let yielded = start;
  let shown = start + SHOW_AFTER_MS - SHOW_EVERY_MS;
  let line = false;

  function show(reader: CaptureReader, now: number): void {
    const { source } = reader;
    const packets = `${reader.notes().packets.toLocaleString('en-US')} packets`;
    const share = source.fileBytes === null ? null : source.consumedBytes() / source.fileBytes;
    const left =
      share === null || share === 0
        ? ''
        : `, ${Math.ceil(((now - start) / share - (now - start)) / 1000)} s left`;
    const percent = share === null ? '' : `${Math.floor(share * 100)} % `;
    process.stderr.write(`\r\x1b[K${reader.file}: ${percent}${packets}${left}`);
    line = true;
  }

  return {
    tick(reader) {
      const now = Date.now();
      if (visible && now - shown >= SHOW_EVERY_MS) {
        shown = now;
        show(reader, now);
      }
      if (now - yielded < YIELD_EVERY_MS) return undefined;
      yielded = now;
      return new Promise((resolve) => setImmediate(resolve));
    },
    done() {
      if (line) process.stderr.write('\r\x1b[K');
      line = false;
    },
  };
}

/** Ctrl-C and TERM end the work in good order. */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
