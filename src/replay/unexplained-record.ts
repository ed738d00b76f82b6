/** The record of `analyze explain --unexplained`. Absent is null, never 0. */
import type { ReceiverAcks } from './receiver-acks.ts';
import type { Warning } from './result.ts';

/** What a hypothesis adds on some traffic, and what it would have to cost there. */
export interface Demand {
  readonly count: number;
  readonly perDataSkb: number | null;
  readonly needed: number | null;
  readonly plausible: boolean | null;
}

export interface HypothesisResult {
  readonly name: string;
  readonly mechanism: string;
  readonly adds: string;
  readonly unit: string;
  /** On the schedule of the study, where the cycles were measured. */
  readonly study: Demand;
  /** On this capture, if the same cycles for each packet were unexplained here. */
  readonly capture: Demand;
  /** What the guest of `Optimized` would spend more on this capture at the price that the study needs. */
  readonly predictedCyclesPerByte: number | null;
  /** Its explained cycles and these. */
  readonly domainUCyclesPerByte: number | null;
  readonly plausible: {
    readonly low: number;
    readonly high: number;
    readonly grade: string;
    readonly source: string;
  };
  readonly implies: string;
  readonly observable: string;
}

export interface UnexplainedRecord {
  readonly recordVersion: 1;
  readonly tool: { readonly name: 'analyze'; readonly version: string };
  readonly capture: string;
  readonly poll: string;
  readonly pollDescription: string;
  readonly receiveMode: string;
  readonly profile: string;
  /** Unexplained cycles of the guest for each data packet, in the configuration that has them. */
  readonly configuration: string;
  readonly unexplainedCyclesPerPacket: number;
  readonly study: Traffic;
  readonly replayed: Traffic;
  readonly hypotheses: readonly HypothesisResult[];
  /** Throughput laws on the study's row, Mbit/s: with and without the unexplained cycles. */
  readonly laws: readonly {
    readonly law: string;
    readonly formula: string;
    readonly withMbps: number;
    readonly withoutMbps: number;
    readonly measuredMbps: number;
  }[];
  /** ACKs that the capture's receiver sent; null where the capture holds none. */
  readonly receiverAcks: (ReceiverAcks & { readonly perDataSkb: number | null }) | null;
  readonly warnings: readonly Warning[];
}

export interface Traffic {
  readonly dataPackets: number;
  readonly dataSkbs: number;
  readonly lroRate: number | null;
  readonly domainUCyclesPerByte: number | null;
  readonly unexplainedCyclesPerByte: number | null;
}
