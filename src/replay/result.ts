/**
 * The one result record that feeds every output format. Absent is `null`, never 0. Every number's unit is
 * part of its name. The published JSON Schema is schema/result.schema.json.
 */
import type { Reason } from '../coalesce/reason.ts';
import type { Stage } from '../cost/profile.ts';

/** The three configurations of the study. */
export type ConfigurationName = 'Xen' | 'LRO' | 'Optimized';

export interface Warning {
  /** `W-…`, from the closed list in docs/warnings.md. */
  readonly code: string;
  /** A full sentence: what, where, what to do. */
  readonly message: string;
}

export interface CaptureSummary {
  /** File name without its folder. */
  readonly name: string;
  readonly format: 'pcap' | 'pcapng';
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly linkTypes: readonly string[];
  /** Absolute time of the first packet, decimal ns since 1970, as text (exceeds 2^53); null without packets. */
  readonly firstTimeNs: string | null;
  /** Last minus first packet time. */
  readonly durationNs: number | null;
  /** Records read. */
  readonly packets: number;
  /** Sum of the lengths on the wire of all records. */
  readonly wireBytes: number;
  /** Records of which fewer bytes were captured than were on the wire. */
  readonly truncatedPackets: number;
  /** TCP segments among all records. */
  readonly tcpPackets: number;
  /** TCP flows (one direction each) among all records. */
  readonly flows: number;
}

export interface ReceiverSummary {
  /** How received frames are told: all are, by the capture's direction marks, or by address. */
  readonly mode: 'all' | 'marks' | 'ip' | 'mac';
  /** The address; null without one. */
  readonly address: string | null;
  /** Why: one sentence. */
  readonly why: string;
  /** Frames that reached the receiver's NIC. */
  readonly packets: number;
  readonly tcpPackets: number;
  /** TCP segments with payload. */
  readonly dataPackets: number;
  /** TCP payload, retransmissions included. */
  readonly payloadBytes: number;
  /** Unique TCP payload. */
  readonly goodputBytes: number;
  /** From the first to the last received data packet; null with fewer than two. */
  readonly durationNs: number | null;
  readonly superPackets: number;
  /** Share of the TCP payload bytes that stands in super-packets, 0…1; null without payload. */
  readonly superPacketShare: number | null;
  /** Super-packets that were split before the replay; null without --resegment. */
  readonly resegmented: ResegmentSummary | null;
}

/** Super-packets of the capture, split into the segments that they were made of. */
export interface ResegmentSummary {
  readonly superPackets: number;
  /** What they were split into. */
  readonly segments: number;
  /** TCP payload of a full segment; null where nothing was split. */
  readonly smallestSegmentBytes: number | null;
  readonly largestSegmentBytes: number | null;
  /** How many super-packets were split by which evidence of the segment size; only evidence that was used. */
  readonly sizeSources: readonly {
    readonly source: 'handshake' | 'full-segments' | 'structure' | 'mtu';
    readonly superPackets: number;
  }[];
  /** Rate of the link that their arrival times were made by, Mbit/s. */
  readonly linkMbps: number;
  /** The longest that a packet arrives after its time in the capture. */
  readonly largestDelayUs: number;
  /** The same as a sentence. */
  readonly description: string;
}

export interface Throughput {
  /** Unique TCP payload per second in the capture; null if it cannot be said. */
  readonly capturedGoodputMbps: number | null;
  /** IP bytes per second in the capture. */
  readonly capturedThroughputMbps: number | null;
  /** With preamble, FCS and gap. */
  readonly capturedWireRateMbps: number | null;
}

/** A stage that cycles are reported by. */
export type StageName = Stage;

/** Cycles per goodput byte of one domain, by stage. */
export interface DomainCost {
  readonly cyclesPerByte: number | null;
  readonly stages: readonly { readonly stage: StageName; readonly cyclesPerByte: number | null }[];
}

/**
 * Time from a packet's arrival at the NIC until its skb leaves the driver, over all packets received.
 * Quantiles are within 0.4 %, mean and maximum exact.
 */
export interface Latency {
  readonly packets: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** How arrival times were stretched, so that the capture comes at another rate. */
export interface Pace {
  /** Goodput at which packets arrived, Mbit/s. */
  readonly offeredMbps: number;
  /** What arrival times were multiplied by. */
  readonly timeScale: number;
  /** Passes over the capture. */
  readonly passes: number;
  /** Whether offered and predicted throughput agree; null where the rate was given. */
  readonly converged: boolean | null;
}

/** What the poll model `napi` was told. */
export interface NicSummary {
  /** Name of the preset that the values began with. */
  readonly preset: string;
  /** When the interrupt fires, as text. */
  readonly moderation: string;
  readonly ringPackets: number;
  readonly weight: number;
  readonly cpuGhz: number;
  readonly interruptLatencyUs: number;
  /** Share of the driver domain's cycles per packet that are spent inside the poll. */
  readonly perPacketShare: number;
  /** What becomes of packets that arrive while a poll's sessions are flushed. */
  readonly afterFlush: 'interrupt' | 'poll';
}

/** What the engine `linux-gro` was told. */
export interface LinuxGroSummary {
  readonly buckets: number;
  readonly perBucket: number;
  readonly maxSizeBytes: number;
  readonly vlan: 'strip' | 'pass' | 'inband';
}

/** Skbs that left for one reason, and what is in them. */
export interface ReasonRow {
  readonly reason: Reason;
  readonly skbs: number;
  readonly packets: number;
  /** TCP payload. */
  readonly payloadBytes: number;
  /** Skbs with payload. */
  readonly dataSkbs: number;
}

/** What became of the packets of one flow, or of several together. */
export interface Fate {
  readonly packets: number;
  readonly skbs: number;
  readonly payloadBytes: number;
  /** TCP segments with payload, and skbs that carry them. */
  readonly dataPackets: number;
  readonly dataSkbs: number;
  /** `dataPackets / dataSkbs`; null without data. */
  readonly lroRate: number | null;
  /** Most packets first. */
  readonly reasons: readonly ReasonRow[];
}

/** Addresses with ports. */
export interface FlowFate extends Fate {
  readonly source: string;
  readonly destination: string;
}

export interface FlowFates {
  /** Most payload first. */
  readonly flows: readonly FlowFate[];
  readonly otherFlows: Fate;
  /** Packets that are no TCP. */
  readonly withoutFlow: Fate;
}

export interface ConfigurationResult {
  readonly name: ConfigurationName;
  readonly engine: string;
  /** How polls ended in this configuration, as given on the command line. */
  readonly poll: string;
  /** Goodput that the throughput law predicts, Mbit/s. */
  readonly predictedThroughputMbps: number | null;
  /** Wire TCP data segments in ÷ skbs carrying them out. */
  readonly lroRate: number | null;
  /** aggregated ÷ flushed of the engine; null where nothing was flushed. */
  readonly aggregatedPerFlushed: number | null;
  readonly counters: {
    readonly packets: number;
    readonly delivered: number;
    readonly polls: number;
    /** Lost at a full receive ring: not among `packets`, but in the goodput that cycles are divided by. */
    readonly dropped: number;
    /** Null where the poll model has no interrupts. */
    readonly interrupts: number | null;
    readonly aggregated: number;
    readonly flushed: number;
    readonly noDesc: number;
    readonly dataPackets: number;
    /** Skbs that carry TCP payload. */
    readonly dataSkbs: number;
  };
  /** How long moderation and merging held packets; null where the poll model has no clock. */
  readonly latency: Latency | null;
  /** Null at the capture's own pace. */
  readonly pace: Pace | null;
  /** Skbs delivered by reason; only reasons that occurred. */
  readonly reasons: readonly { readonly reason: Reason; readonly skbs: number; readonly packets: number }[];
  /** What became of each flow; null unless asked for. */
  readonly flows: FlowFates | null;
  /** Counted events of the path, by name. */
  readonly events: Readonly<Record<string, number>>;
  readonly domain0: DomainCost;
  readonly domainU: DomainCost;
  /** Guest residual of the study that no counted mechanism explains; not part of domainU. Null where there is none. */
  readonly unexplainedDomainUCyclesPerByte: number | null;
}

/** What one configuration did in each slice of time. Sums over slices give the whole. */
export interface SlicedConfiguration {
  readonly name: ConfigurationName;
  readonly dataPackets: readonly number[];
  readonly dataSkbs: readonly number[];
  readonly skbs: readonly number[];
  readonly reasons: readonly { readonly reason: Reason; readonly skbs: readonly number[] }[];
  readonly domain0Cycles: readonly number[];
  readonly domainUCycles: readonly number[];
  readonly unexplainedDomainUCycles: readonly number[] | null;
  /** Time that the throughput law gives the slice's goodput; null where nothing is predicted. */
  readonly predictedNs: readonly number[] | null;
  /** Packets delivered; null where the poll model has no clock. */
  readonly heldPackets: readonly number[] | null;
  /** Sum of the times that they were held. */
  readonly heldNs: readonly number[] | null;
  readonly polls: readonly number[];
  readonly interrupts: readonly number[] | null;
  readonly dropped: readonly number[];
}

/** The capture in 10 to 20 slices of equal time; the last is half as long to half as long again. */
export interface SlicedResult {
  readonly lengthsNs: readonly number[];
  readonly goodputBytes: readonly number[];
  readonly configurations: readonly SlicedConfiguration[];
}

export interface ResultRecord {
  /** Version of this record's shape. */
  readonly recordVersion: 1;
  readonly tool: { readonly name: 'analyze'; readonly version: string };
  readonly capture: CaptureSummary;
  readonly receiver: ReceiverSummary;
  readonly options: {
    readonly poll: string;
    readonly pollDescription: string;
    /** Null where no configuration polls by `napi`. */
    readonly nic: NicSummary | null;
    /** `capture`, `cpu`, or a rate in Mbit/s. */
    readonly pace: string;
    readonly maxAggr: number;
    readonly maxDesc: number;
    readonly mtu: number;
    readonly lroMode: 'skb' | 'frags';
    readonly fragSize: number;
    readonly vlan: 'strip' | 'pass' | 'inband';
    /** Null: as the file says. */
    readonly fcs: number | null;
    readonly verifyChecksums: boolean;
    /** Null where no configuration merges by `linux-gro`. */
    readonly linuxGro: LinuxGroSummary | null;
    readonly receiveMode: 'flip' | 'flip-copy' | 'grant-copy' | 'modern';
    /** What `grant-copy` does with a fragment list. */
    readonly fragmentCopy: 'software' | 'direct';
    /** Highest page order of which linear buffers can be allocated; null: of any. */
    readonly lineariseMaxOrder: number | null;
    readonly profile: string;
    /** Coefficients that the user set over the profile, as `cost.NAME.UNIT=VALUE`. */
    readonly set: readonly string[];
    readonly law: 'serial' | 'shared-core' | 'two-cores' | 'none';
    readonly receiver: string;
  };
  readonly throughput: Throughput;
  /** The law with its parameters, as text: how predictedThroughputMbps was computed. */
  readonly lawFormula: string;
  /** What the cost profile is and how its numbers came about, as text. */
  readonly profileNote: string;
  readonly configurations: readonly ConfigurationResult[];
  /** Null where the capture is too short for slices, or was replayed with others in one pass. */
  readonly slices: SlicedResult | null;
  readonly warnings: readonly Warning[];
}
