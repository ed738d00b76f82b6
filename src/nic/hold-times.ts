/**
 * How long each packet is held: from its arrival at the NIC until its skb leaves the driver. Packets that were merged
 * wait in their slot's chain until the skb is delivered; memory is bounded by the packets held at once.
 */
import { createHistogram, type TimeSummary } from './histogram.ts';

export interface HoldTimes {
  /** The packet that the engine takes next arrived at this time. */
  take(arrivalNs: number): void;
  /** It entered a slot. */
  hold(slot: number): void;
  /** The packets of a slot are delivered. */
  deliverSlot(slot: number, nowNs: number): void;
  /** The packet itself is delivered, past all slots. */
  deliverTaken(nowNs: number): void;
  /**
   * Deliveries from now on are in offsets from a time not yet known (`wait`), which is told later: all of them
   * happened that much later (`start`).
   */
  wait(): void;
  start(startNs: number): void;
  summary(): TimeSummary | null;
}

const END = -1;

export function createHoldTimes(): HoldTimes {
  const histogram = createHistogram();
  // An object, as V8 would allocate each new value of a captured variable.
  const taken = { arrivalNs: Number.NaN };
  let arrivalNs = new Float64Array(64);
  let next = new Int32Array(64);
  let free = END;
  let used = 0;
  let newestOf = new Int32Array(8).fill(END);
  let waiting = false;
  let offsetNs = new Float64Array(64);
  let offsets = 0;

  function add(holdNs: number): void {
    if (waiting) {
      if (offsets === offsetNs.length) offsetNs = enlarged(offsetNs);
      offsetNs[offsets++] = holdNs;
    } else histogram.add(holdNs);
  }

  function newNode(): number {
    if (free !== END) {
      const node = free;
      free = next[node]!;
      return node;
    }
    if (used === arrivalNs.length) {
      arrivalNs = enlarged(arrivalNs);
      const old = next;
      next = new Int32Array(old.length * 2);
      next.set(old);
    }
    return used++;
  }

  return {
    take(timeNs) {
      taken.arrivalNs = timeNs;
    },
    hold(slot) {
      if (slot >= newestOf.length) {
        const old = newestOf;
        newestOf = new Int32Array(Math.max(slot + 1, old.length * 2)).fill(END);
        newestOf.set(old);
      }
      const node = newNode();
      arrivalNs[node] = taken.arrivalNs;
      next[node] = newestOf[slot]!;
      newestOf[slot] = node;
    },
    deliverSlot(slot, nowNs) {
      let node = newestOf[slot]!;
      newestOf[slot] = END;
      while (node !== END) {
        add(nowNs - arrivalNs[node]!);
        const older = next[node]!;
        next[node] = free;
        free = node;
        node = older;
      }
    },
    deliverTaken: (nowNs) => add(nowNs - taken.arrivalNs),
    wait() {
      waiting = true;
    },
    start(startNs) {
      waiting = false;
      for (let i = 0; i < offsets; i++) histogram.add(startNs + offsetNs[i]!);
      offsets = 0;
    },
    summary: histogram.summary,
  };
}

function enlarged(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
