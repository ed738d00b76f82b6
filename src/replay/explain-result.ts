/**
 * The record of `analyze explain`: why packets did and did not merge. Absent is `null`, never 0; every number's unit is part of
 * its name. The published JSON Schema is schema/explain.schema.json.
 */
import type { Obstacle } from '../coalesce/obstacle.ts';
import type { Reason } from '../coalesce/reason.ts';
import type { Compared } from './packet-fields.ts';
import type { Fate, FlowFates, ReceiverSummary, Warning } from './result.ts';

/** The rate of a replay in which some obstacles were gone. */
export interface WhatIf {
  /** The obstacles that were gone; all that apply to the engine in the upper bound. */
  readonly without: readonly Obstacle[];
  readonly upperBound: boolean;
  readonly dataSkbs: number;
  readonly lroRate: number | null;
  /** `lroRate` less the plain run's. */
  readonly gain: number | null;
  readonly advice: string;
}

/** What the headers of merged skbs do not say, counted in packets that joined the skb of another; `unevenSkbs` in skbs. */
export interface Losses {
  /** Packets that joined the skb of an earlier one: all that could lose something. */
  readonly joined: number;
  /** PSH at another place than the end of the skb, or not in its header. */
  readonly pshPositions: number;
  /** TSval that is not the one delivered: the first packet's. */
  readonly timestampValues: number;
  /** TSecr that a later packet's overwrote. */
  readonly timestampEchoes: number;
  /** IPv4 id that is neither the first packet's nor that plus the place in the skb. */
  readonly ipIds: number;
  /** Window that a later packet's overwrote. */
  readonly windowUpdates: number;
  /** ACK number that a later packet's overwrote. */
  readonly ackNumbers: number;
  /** TOS or traffic class, TTL or hop limit unlike the first packet's. */
  readonly ipFields: number;
  /** Skbs that cannot be cut at `gsoSize` into the segments that were sent. */
  readonly unevenSkbs: number;
}

/** An skb by the record numbers of its packets, from 0. */
export interface DeliverySpan {
  readonly firstPacket: number;
  readonly lastPacket: number;
  readonly segments: number;
  readonly reason: Reason;
}

export interface Delivery extends DeliverySpan {
  /** The packet that ended or finished it; null at the end of a poll. */
  readonly byPacket: number | null;
  readonly compared: Compared | null;
}

/** What one engine decided about one packet. */
export interface PacketDecision {
  readonly packet: number;
  readonly fate: 'joined' | 'opened' | 'alone';
  /** The held skb that it ended or pushed out before its own fate; null if none. */
  readonly ended: Delivery | null;
  /** The skb it left in; null if the capture was cut before that. */
  readonly delivered: Delivery | null;
}

export interface EngineExplanation extends Fate, FlowFates {
  readonly engine: string;
  readonly polls: number;
  /** Most gain first. */
  readonly whatIfs: readonly WhatIf[];
  readonly losses: Losses;
  /** Packets asked for; null for those that the engine did not get. */
  readonly decisions: readonly { readonly packet: number; readonly decision: PacketDecision | null }[];
}

export interface EngineDifference {
  readonly engines: readonly [string, string];
  /** Packets compared, and those that the engines deliver in different skbs. */
  readonly packets: number;
  readonly differentPackets: number;
  readonly byReasons: readonly { readonly reasons: readonly [string, string]; readonly packets: number }[];
  /** The first places where they part. */
  readonly places: readonly {
    readonly packet: number;
    readonly deliveries: readonly [DeliverySpan, DeliverySpan];
  }[];
}

export interface ExplainRecord {
  readonly recordVersion: 1;
  readonly tool: { readonly name: 'analyze'; readonly version: string };
  readonly capture: {
    readonly name: string;
    readonly packets: number;
    readonly durationNs: number | null;
    readonly flows: number;
  };
  readonly receiver: Pick<ReceiverSummary, 'mode' | 'address' | 'why'>;
  readonly poll: string;
  readonly pollDescription: string;
  readonly engines: readonly EngineExplanation[];
  readonly difference: EngineDifference | null;
  readonly warnings: readonly Warning[];
}
