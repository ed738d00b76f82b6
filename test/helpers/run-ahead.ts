/** Runs tasks a few at a time, in order, so that tests that wait for other programs use all cores. */
import { availableParallelism } from 'node:os';

/** One promise a task; a task starts as soon as a place is free. */
export function runAhead<T>(
  tasks: readonly (() => Promise<T>)[],
  places = availableParallelism(),
): Promise<T>[] {
  let next = 0;
  const settle: (() => void)[] = [];
  const started = tasks.map(
    (task) =>
      new Promise<T>((resolve, reject) => {
        settle.push(() => {
          task()
            .then(resolve, reject)
            .finally(() => settle[next++]?.());
        });
      }),
  );
  // Whoever awaits the promise sees its rejection; until then it is nobody's.
  for (const promise of started) promise.catch(() => {});
  for (let place = 0; place < places; place++) settle[next++]?.();
  return started;
}
