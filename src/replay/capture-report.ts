/** What `analyze capture` says about a capture. Published schema: schema/capture.schema.json. */
import type { CaptureSummary, Warning } from './result.ts';

export const CERTAINTIES = ['sure', 'likely', 'guess'] as const;
/** `sure`: by a mark that has one cause; `likely`: by marks that point one way; `guess`: by absence, or marks that disagree. */
export type Certainty = (typeof CERTAINTIES)[number];

export interface Verdict<Name extends string> {
  readonly verdict: Name;
  readonly certainty: Certainty;
  /** What it rests on, a sentence each; evidence against it included. */
  readonly evidence: readonly string[];
}

export const CAPTURE_POINTS = [
  'wire',
  'before-tso',
  'after-gro',
  'after-gro-and-before-tso',
  'super-packets',
  'unknown',
] as const;
/** `super-packets`: there are some, but whether they were merged or not yet split cannot be told. */
export type CapturePoint = (typeof CAPTURE_POINTS)[number];

export const CAPTURE_HOSTS = ['receiver', 'sender', 'both', 'unknown'] as const;
/** The end of the connections that the capture was taken at; `both`: on a machine that both ends run on. */
export type CaptureHost = (typeof CAPTURE_HOSTS)[number];

export const CAPTURE_TIMINGS = ['spaced', 'batched', 'coarse', 'unknown'] as const;
/** `batched`: packets stand closer than the link can have brought them: the recording host's polls, or sender's bursts. */
export type CaptureTiming = (typeof CAPTURE_TIMINGS)[number];

export const PURPOSES = ['replay', 'coalesce', 'checksums', 'goodput', 'latency'] as const;
export type Purpose = (typeof PURPOSES)[number];
export const FITNESSES = ['yes', 'with-resegment', 'limited', 'no'] as const;
export type Fitness = (typeof FITNESSES)[number];

export interface Use {
  readonly purpose: Purpose;
  readonly fit: Fitness;
  readonly why: string;
}

/** One direction of the traffic. */
export interface DirectionSummary {
  readonly tcpPackets: number;
  readonly dataPackets: number;
  readonly payloadBytes: number;
  readonly superPackets: number;
  /** Share of the payload that stands in super-packets, 0…1; null without payload. */
  readonly superPacketShare: number | null;
  readonly longestIpBytes: number;
  readonly ordinaryChecksums: ChecksumSummary;
  readonly superChecksums: ChecksumSummary;
}

export interface ChecksumSummary {
  readonly right: number;
  readonly partial: number;
  readonly wrong: number;
  readonly unverifiable: number;
}

export interface CaptureReport {
  readonly recordVersion: 1;
  readonly tool: { readonly name: 'analyze'; readonly version: string };
  readonly capture: CaptureSummary;
  /** The most bytes captured of one packet. */
  readonly longestCapturedBytes: number;
  /** Coarsest power of ten of ns that all times are a multiple of; null without packets. */
  readonly timeResolutionNs: number | null;
  /** Records with an earlier time than the record before: in the file's order, and among received packets. */
  readonly backwards: { readonly all: number; readonly received: number };
  readonly receiver: {
    readonly mode: 'all' | 'marks' | 'ip' | 'mac';
    readonly address: string | null;
    readonly why: string;
    readonly packets: number;
  };
  /** Share of TCP among all records and their bytes on the wire, 0…1; null without packets. */
  readonly tcpShare: { readonly packets: number | null; readonly bytes: number | null };
  /** Flows of which the other direction is there, too. */
  readonly flowsWithPeer: number;
  readonly handshakes: { readonly syns: number; readonly complete: number };
  readonly towardsReceiver: DirectionSummary;
  readonly fromReceiver: DirectionSummary;
  readonly host: Verdict<CaptureHost>;
  readonly point: Verdict<CapturePoint>;
  readonly timing: Verdict<CaptureTiming>;
  readonly uses: readonly Use[];
  readonly advice: readonly string[];
  readonly warnings: readonly Warning[];
}
