/** The main job: one pass over a capture, three configurations, one result record. */
import type { InetLroOptions } from '../coalesce/inet-lro.ts';
import { costOf } from '../cost/cycles.ts';
import { type Law, predictGoodput } from '../cost/laws.ts';
import type { Profile } from '../cost/profile.ts';
import type { TimeSummary } from '../nic/histogram.ts';
import { packageVersion } from '../package-root.ts';
import { EVENT, eventsByName } from '../path/events.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { captureSummary } from './capture-summary.ts';
import {
  type ConfigurationCounts,
  type ConfigurationSetup,
  createConfigurationRuns,
} from './configurations.ts';
import { createTrafficObserver, type TrafficCounts } from './observe.ts';
import { resegmentSummary, resegmentWarnings } from './resegment-summary.ts';
import type {
  ConfigurationResult,
  Latency,
  NicSummary,
  ReceiverSummary,
  ResultRecord,
  Throughput,
  Warning,
} from './result.ts';
import type { Session } from './session.ts';
import { readingWarnings, ringWarnings, trafficWarnings } from './warnings.ts';

export interface StudyOptions {
  readonly setups: readonly ConfigurationSetup[];
  readonly pollText: string;
  readonly pollDescription: string;
  readonly nic: NicSummary | null;
  /** As asked for, for the record. */
  readonly pace: string;
  readonly inetLro: InetLroOptions;
  readonly receiveMode: ReceiveMode;
  readonly profile: Profile;
  readonly law: Law;
  /** As asked for, for the record. */
  readonly receiver: string;
  readonly fcsBytes: number | null;
}

/** Preamble with start delimiter, FCS and inter-frame gap of Ethernet (IEEE 802.3). */
const FRAME_OVERHEAD_BYTES = 24;

/** Replays the capture. `afterBlock` is for progress. */
export async function study(
  session: Session,
  options: StudyOptions,
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<ResultRecord> {
  const runs = createConfigurationRuns(session.table, options.setups, options.inetLro, {
    receiveMode: options.receiveMode,
    lroMode: options.inetLro.mode,
    profile: options.profile,
  });
  const observer = createTrafficObserver();
  await session.run((table) => {
    observer.add(table);
    runs.run(table);
    return afterBlock?.();
  }, signal);
  return assemble(session, options, observer.counts(), runs.finish());
}

function assemble(
  session: Session,
  options: StudyOptions,
  traffic: TrafficCounts,
  counts: readonly ConfigurationCounts[],
): ResultRecord {
  const costed = counts.map((one) => configurationResult(one, options, traffic));
  const warnings: Warning[] = [
    ...readingWarnings(session),
    ...trafficWarnings(traffic, options.inetLro.mtu, session.resegmented() !== null),
    ...resegmentWarnings(session.resegmented()),
    ...ringWarnings(Math.max(...counts.map((one) => one.dropped))),
  ];
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: packageVersion() },
    capture: captureSummary(session, traffic.allTcpPackets),
    receiver: receiverSummary(session, traffic),
    options: recordedOptions(options),
    throughput: capturedThroughput(traffic),
    lawFormula: costed[0]?.formula ?? '',
    profileNote: options.profile.note,
    configurations: costed.map((one) => one.result),
    warnings,
  };
}

function configurationResult(
  counts: ConfigurationCounts,
  options: StudyOptions,
  traffic: TrafficCounts,
): { result: ConfigurationResult; formula: string } {
  const { setup, events } = counts;
  const { profile, receiveMode } = options;
  const { goodputBytes, frames, frameBytes } = traffic;
  const cost = costOf({ events, profile, receiveMode, configuration: setup.name, goodputBytes });
  const prediction = predictGoodput(options.law, profile, { goodputBytes, frames, frameBytes }, cost);
  const dataSkbs = events[EVENT.dataSkbs]!;
  const dataPackets = events[EVENT.dataPackets]!;
  const { packets, delivered, polls, dropped, interrupts, aggregated, flushed, noDesc } = counts;
  const result: ConfigurationResult = {
    name: setup.name,
    engine: setup.engine,
    poll: setup.pollText,
    predictedThroughputMbps: prediction.mbps,
    lroRate: dataSkbs === 0 ? null : dataPackets / dataSkbs,
    aggregatedPerFlushed: flushed === 0 ? null : aggregated / flushed,
    counters: {
      packets,
      delivered,
      polls,
      dropped,
      interrupts,
      aggregated,
      flushed,
      noDesc,
      dataPackets,
      dataSkbs,
    },
    latency: latencyOf(counts.holdTimes),
    pace: null,
    reasons: counts.reasons,
    events: eventsByName(events),
    domain0: cost.domain0,
    domainU: cost.domainU,
    unexplainedDomainUCyclesPerByte: cost.unexplainedDomainUCyclesPerByte,
  };
  return { result, formula: prediction.formula };
}

function latencyOf(times: TimeSummary | null): Latency | null {
  if (times === null) return null;
  const { count, meanNs, p50Ns, p99Ns, maxNs } = times;
  return {
    packets: count,
    meanUs: meanNs / 1000,
    p50Us: p50Ns / 1000,
    p99Us: p99Ns / 1000,
    maxUs: maxNs / 1000,
  };
}

function receiverSummary(session: Session, traffic: TrafficCounts): ReceiverSummary {
  const { receiver } = session;
  const counts = session.resegmented();
  return {
    mode: receiver.mode,
    address: receiver.mode === 'ip' || receiver.mode === 'mac' ? receiver.address : null,
    why: receiver.why,
    packets: traffic.frames,
    tcpPackets: traffic.tcpPackets,
    dataPackets: traffic.dataPackets,
    payloadBytes: traffic.payloadBytes,
    goodputBytes: traffic.goodputBytes,
    durationNs: traffic.durationNs,
    superPackets: traffic.superPackets.packets,
    superPacketShare: traffic.superPackets.share,
    resegmented: counts === null ? null : resegmentSummary(counts),
  };
}

function recordedOptions(options: StudyOptions): ResultRecord['options'] {
  const { inetLro } = options;
  return {
    poll: options.pollText,
    pollDescription: options.pollDescription,
    nic: options.nic,
    pace: options.pace,
    maxAggr: inetLro.maxAggr,
    maxDesc: inetLro.maxDesc,
    mtu: inetLro.mtu,
    lroMode: inetLro.mode,
    fragSize: inetLro.fragSize,
    vlan: inetLro.vlan,
    fcs: options.fcsBytes,
    verifyChecksums: inetLro.verifyChecksums,
    receiveMode: options.receiveMode,
    profile: options.profile.name,
    law: options.law,
    receiver: options.receiver,
  };
}

function capturedThroughput(traffic: TrafficCounts): Throughput {
  const { durationNs } = traffic;
  const mbps = (bytes: number): number | null =>
    durationNs === null ? null : (bytes * 8 * 1000) / durationNs;
  return {
    capturedGoodputMbps: mbps(traffic.goodputBytes),
    capturedThroughputMbps: mbps(traffic.ipBytes),
    capturedWireRateMbps: mbps(traffic.frameBytes + FRAME_OVERHEAD_BYTES * traffic.frames),
  };
}
