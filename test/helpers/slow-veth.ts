/**
 * NAPI without hardware once more, by the text of docs/polls.md: one event after the other on a clock, all arrivals
 * known, no poll left out. Says what is delivered when, by an engine that merges nothing but holds every packet.
 */
import type { VethSpec } from '../../src/nic/veth.ts';

export interface SlowDelivery {
  readonly packets: readonly number[];
  readonly timeNs: number;
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

export function slowVeth(spec: VethSpec, arrivalsNs: readonly number[]): SlowDelivery[] {
  const out: SlowDelivery[] = [];
  let held: { packet: number; tick: number }[] = [];
  let next = 0;
  let timerNs = Number.POSITIVE_INFINITY;
  let interruptsOn = true;
  let defers = 0;
  let timers = 0;
  const tickOf = (timeNs: number): number => Math.floor((timeNs * spec.hz) / 1e9);

  function deliver(timeNs: number, which: (tick: number) => boolean): void {
    const packets = held.filter(({ tick }) => which(tick)).map(({ packet }) => packet);
    held = held.filter(({ tick }) => !which(tick));
    if (packets.length > 0) out.push({ packets, timeNs });
  }

  function poll(nowNs: number): void {
    let taken = 0;
    while (next < arrivalsNs.length && arrivalsNs[next]! <= nowNs) {
      held.push({ packet: next++, tick: tickOf(nowNs) });
      taken++;
      if (taken < spec.weight) continue;
      deliver(nowNs, (tick) => spec.hz < 1000 || tick < tickOf(nowNs));
      poll(nowNs);
      return;
    }
    if (taken > 0) defers = spec.napiDeferHardIrqs;
    const deferred = defers > 0 && spec.groFlushTimeoutNs > 0;
    const timer = deferred || (taken > 0 && spec.groFlushTimeoutNs > 0);
    if (defers > 0) defers--;
    interruptsOn = !deferred;
    deliver(nowNs, (tick) => !timer || tick < tickOf(nowNs));
    timerNs = Number.POSITIVE_INFINITY;
    if (!timer) return;
    let lateNs = spec.timerLatencyNs;
    if (interruptsOn) {
      timers = (timers + GOLDEN_RATIO) % 1;
      if (timers < spec.awakeShare) lateNs = 0;
    }
    timerNs = nowNs + spec.groFlushTimeoutNs + lateNs;
  }

  while (next < arrivalsNs.length) {
    const arrivalNs = arrivalsNs[next]!;
    // A timer's poll that begins when a packet arrives takes it.
    if (!interruptsOn || timerNs < arrivalNs) poll(timerNs);
    else poll(arrivalNs + spec.interruptLatencyNs);
  }
  deliver(Number.POSITIVE_INFINITY, () => true);
  return out;
}
