import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** A thread that posts one result and ends. */
export interface Thread<Result> {
  /** Rejects with what fails in the thread. */
  readonly result: Promise<Result>;
  /** Sends it a message. */
  tell(message: string): void;
  /** Whether the process waits for it to end. */
  hold(holds: boolean): void;
  /** Ends it, whatever it is at. */
  stop(): void;
}

/** @param entry name of a file of this folder, without its ending, which finds `data` as workerData */
export function startThread<Data, Result>(entry: string, data: Data): Thread<Result> {
  // Bundled or not, the entry stands beside this file and has the same ending.
  const url = new URL(`./${entry}${extname(import.meta.url)}`, import.meta.url);
  // It prints nothing, and what it could would open the streams of this thread, which takes 2 ms.
  const worker = new Worker(url, { workerData: data, stdout: true, stderr: true });
  const result = new Promise<Result>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread ended with exit code ${code}`)));
  });
  // Where the first thread fails, nobody waits for this.
  result.catch(() => undefined);
  return {
    result,
    tell: (message) => worker.postMessage(message),
    hold(holds) {
      if (holds) worker.ref();
      else worker.unref();
    },
    stop: () => void worker.terminate(),
  };
}
