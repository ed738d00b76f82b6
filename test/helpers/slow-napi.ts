/**
 * The NAPI loop the plain way, for comparison: knows all arrivals, keeps a queue, and walks through time event by event.
 * Moderation by rxUsecs from the first packet and rxFrames.
 */
export interface SlowNapi {
  readonly timesNs: readonly number[];
  readonly rxNs: number;
  readonly rxFrames: number;
  readonly latencyNs: number;
  readonly ringPackets: number;
  readonly weight: number;
  readonly perPacketNs: number;
  readonly perPollNs: number;
  /** Time of a flush, for each packet of the poll. */
  readonly flushNs: number;
  /** Polls again where the ring is not empty after the flush. */
  readonly pollsAgain: boolean;
}

export interface SlowResult {
  readonly polls: number[][];
  readonly dropped: number[];
  /** Delivery (the flush) less arrival, of each packet that was taken. */
  readonly holdNs: number[];
  readonly interrupts: number;
}

export function slowNapi(setup: SlowNapi): SlowResult {
  const { timesNs, rxNs, rxFrames, ringPackets } = setup;
  const polls: number[][] = [];
  const dropped: number[] = [];
  const holdNs: number[] = [];
  const ring: number[] = [];
  let next = 0;
  let armedNs = Number.NEGATIVE_INFINITY;
  let interrupts = 0;

  function admit(): void {
    if (ring.length < ringPackets) ring.push(next);
    else dropped.push(next);
    next++;
  }

  function admitWhile(isDue: (timeNs: number) => boolean): void {
    while (next < timesNs.length && isDue(timesNs[next]!)) admit();
  }

  /** A descriptor taken at the very time of an arrival is free for it: so only what a look needs arrives before it. */
  function admitBeforeLook(nowNs: number): void {
    admitWhile((time) => time < nowNs);
    if (ring.length === 0 && next < timesNs.length && timesNs[next]! <= nowNs) admit();
  }

  function fireTime(): number {
    let fire = Number.POSITIVE_INFINITY;
    if (ring.length === 0) admit();
    for (;;) {
      if (rxNs === 0 && rxFrames === 0) return Math.max(armedNs, timesNs[ring[0]!]!);
      if (rxNs > 0) fire = Math.max(armedNs, timesNs[ring[0]!]! + rxNs);
      if (rxFrames > 0 && ring.length >= rxFrames) {
        return Math.min(fire, Math.max(armedNs, timesNs[ring[rxFrames - 1]!]!));
      }
      if (next === timesNs.length)
        return fire < Number.POSITIVE_INFINITY ? fire : Math.max(armedNs, timesNs.at(-1)!);
      if (timesNs[next]! > fire) return fire;
      admit();
    }
  }

  /** One poll from `nowNs` on; returns when it ended and how many packets it took. */
  function poll(startNs: number): { endNs: number; packets: number } {
    const taken: number[] = [];
    let now = startNs;
    admitBeforeLook(now);
    if (ring.length === 0) return { endNs: now, packets: 0 };
    now += setup.perPollNs;
    while (taken.length < setup.weight) {
      admitBeforeLook(now);
      const packet = ring.shift();
      if (packet === undefined) break;
      taken.push(packet);
      now += setup.perPacketNs;
    }
    polls.push(taken);
    for (const packet of taken) holdNs.push(now - timesNs[packet]!);
    return { endNs: now + setup.flushNs * taken.length, packets: taken.length };
  }

  while (next < timesNs.length || ring.length > 0) {
    let now = fireTime() + setup.latencyNs;
    interrupts++;
    // Before the first look nothing is being taken: what arrives at its very time is in the ring.
    const startNs = now;
    admitWhile((time) => time <= startNs);
    for (;;) {
      const { endNs, packets } = poll(now);
      now = endNs;
      if (packets === setup.weight) continue;
      if (!setup.pollsAgain || packets === 0) break;
      admitBeforeLook(now);
      if (ring.length === 0) break;
    }
    armedNs = now;
    // What arrived during the flush waits for the interrupt.
    admitWhile((time) => time <= now);
  }
  return { polls, dropped, holdNs, interrupts };
}
