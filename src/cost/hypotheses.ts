/**
 * What the hypotheses about the unexplained guest cycles would cost: the price that each would need, and the prices
 * that are physically plausible, with their sources. The counts are those of path/hypotheses.ts.
 */
import { createHypothesisCounter, HYPOTHESES, type Hypothesis } from '../path/hypotheses.ts';
import type { CoefficientUnit, Grade } from './profile.ts';
import { STUDY, STUDY_HEADER_BYTES, STUDY_PAYLOAD_BYTES, scheduleOf } from './study.ts';

export interface HypothesisFacts {
  /** One sentence: what would be different in `Optimized`. */
  readonly mechanism: string;
  /** What it adds, counted. */
  readonly adds: string;
  readonly unit: CoefficientUnit | 'cyclesPerAck';
  readonly plausible: {
    readonly low: number;
    readonly high: number;
    readonly grade: Grade;
    readonly source: string;
  };
  /** What else it would change, or what speaks against it. */
  readonly implies: string;
  /** What to look at to tell it from the others. */
  readonly observable: string;
}

export const HYPOTHESIS_FACTS: Readonly<Record<Hypothesis, HypothesisFacts>> = {
  'slot-per-fragment': {
    mechanism:
      'each fragment of a super-packet takes a ring slot and a page of its own, instead of packed pages',
    adds: 'ring slots beyond those of packed pages',
    unit: 'cyclesPerSlot',
    plausible: {
      low: 1000,
      high: 2500,
      grade: 'assumed',
      source:
        'Engineering estimate for netfront: ending and releasing a grant, mapping the page, refilling the ring with an skb and a page.',
    },
    implies:
      'Domain0 would hand over these pages too, at a price of its own. The study found the data in the pages equal in LRO and Optimized, which speaks against it unless only the content was compared.',
    observable:
      'fragments (nr_frags) of received skbs in the guest, or entries of the receive ring for each of them; the residual per byte grows with the LRO rate',
  },
  'more-acks': {
    mechanism:
      'super-packets keep their segment size in Optimized and lose it in LRO, so that the guest acknowledges each of them instead of about every second',
    adds: 'ACKs beyond those of a guest that takes an skb for a segment',
    unit: 'cyclesPerAck',
    plausible: {
      low: 2500,
      high: 5000,
      grade: 'assumed',
      source: 'Engineering estimate for building and sending an ACK in the guest.',
    },
    implies:
      'Each ACK also costs Domain0 4000 to 6000 cycles (assumed) on its way out: then removing the copy saved more than the table shows.',
    observable:
      'ACKs for each data packet, in two-way captures of both configurations; the residual per byte falls as the LRO rate grows',
  },
  'dear-copy': {
    mechanism:
      'copying to user space costs more for each byte: colder cache lines, or source and destination aligned differently',
    adds: 'payload bytes copied to user space',
    unit: 'cyclesPerByte',
    plausible: {
      low: 0,
      high: 0.83,
      grade: 'measured',
      source:
        'memcpy of 1448 bytes on an AMD EPYC virtual machine, 2026 (TSC cycles): 0.87 from a cold page, 0.04 warm. Another machine: the range of 2008 may be wider.',
    },
    implies:
      'The first to touch the payload in the guest pays for cold lines, so a copy less in Domain0 may move cost here. On i386 copying to user space is slower where source and destination differ modulo 8 (read in Linux 2.6.18), and the offset in the page may differ.',
    observable:
      'samples in the copy routine and cache misses of the guest for each byte; the residual per byte does not depend on the LRO rate',
  },
};

/** What a hypothesis adds on some traffic, and what it would have to cost there. */
export interface HypothesisDemand {
  readonly count: number;
  readonly perDataSkb: number | null;
  /** Price that would account for the unexplained cycles; null where nothing is added. */
  readonly needed: number | null;
  /** Whether it lies in the plausible range; null without a price. */
  readonly plausible: boolean | null;
}

export function demandOf(
  hypothesis: Hypothesis,
  count: number,
  dataSkbs: number,
  unexplainedCycles: number,
): HypothesisDemand {
  const { low, high } = HYPOTHESIS_FACTS[hypothesis].plausible;
  const needed = count > 0 ? unexplainedCycles / count : null;
  return {
    count,
    perDataSkb: dataSkbs > 0 ? count / dataSkbs : null,
    needed,
    plausible: needed === null ? null : needed >= low && needed <= high,
  };
}

/** `Optimized` as the study measured it, on the assumed schedule of its rate. */
export interface StudyTraffic {
  readonly dataSkbs: number;
  readonly dataPackets: number;
  readonly payloadBytes: number;
  /** Of each hypothesis, in the order of HYPOTHESES. */
  readonly counts: readonly number[];
}

export function studyTraffic(): StudyTraffic {
  const schedule = scheduleOf(STUDY.Optimized.lroRate);
  const counters = HYPOTHESES.map(createHypothesisCounter);
  let dataPackets = 0;
  for (const segments of schedule) {
    const payloadBytes = segments * STUDY_PAYLOAD_BYTES;
    const frameBytes = STUDY_HEADER_BYTES + payloadBytes;
    const skb = { flow: 0, segments, payloadBytes, frameBytes, segmentBytes: STUDY_PAYLOAD_BYTES };
    for (const counter of counters) counter.deliver(skb);
    dataPackets += segments;
  }
  return {
    dataSkbs: schedule.length,
    dataPackets,
    payloadBytes: dataPackets * STUDY_PAYLOAD_BYTES,
    counts: counters.map((counter) => counter.count()),
  };
}
