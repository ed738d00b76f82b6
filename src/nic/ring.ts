/**
 * The receive ring: how many descriptors hold packets that no poll has taken yet. Packets are put in with the time
 * at which the poll takes them; for those that wait for an interrupt this is an offset from the start of the poll,
 * until that is known.
 */
export interface Ring {
  /** Whether a descriptor is free for a packet that arrives now. */
  admits(nowNs: number): boolean;
  /** `takenNs`: absolute, or with `waiting` an offset. */
  put(takenNs: number, waiting: boolean): void;
  /** The poll that takes the waiting packets starts. */
  start(startNs: number): void;
}

export function createRing(capacity: number): Ring {
  const takenNs = new Float64Array(capacity);
  let head = 0;
  let count = 0;
  /** The newest `waiting` of them have offsets. */
  let waiting = 0;

  const at = (index: number): number => (head + index) % capacity;

  return {
    admits(nowNs) {
      if (count < capacity) return true;
      // Descriptors are counted only when they run out.
      while (count > waiting && takenNs[head]! <= nowNs) {
        head = at(1);
        count--;
      }
      return count < capacity;
    },
    put(time, isWaiting) {
      takenNs[at(count)] = time;
      count++;
      if (isWaiting) waiting++;
    },
    start(startNs) {
      for (let index = count - waiting; index < count; index++) takenNs[at(index)]! += startNs;
      waiting = 0;
    },
  };
}
