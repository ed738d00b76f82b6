/** The main job: one pass over a capture, three configurations, one result record; or many such studies in one pass. */
import type { InetLroOptions } from '../coalesce/inet-lro.ts';
import { LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../coalesce/linux-gro.ts';
import { costOf } from '../cost/cycles.ts';
import { type Law, predictGoodput } from '../cost/laws.ts';
import type { Profile } from '../cost/profile.ts';
import type { TimeSummary } from '../nic/histogram.ts';
import { packageVersion } from '../package-root.ts';
import type { PacketTable } from '../packet/table.ts';
import { EVENT, eventsByName } from '../path/events.ts';
import type { XenPathOptions } from '../path/xen-path.ts';
import { captureSummary } from './capture-summary.ts';
import { lacksTimes } from './clock.ts';
import type { RuleEngineOptions } from './coalesce.ts';
import {
  type ConfigurationCounts,
  type ConfigurationRuns,
  type ConfigurationSetup,
  createConfigurationRuns,
} from './configurations.ts';
import { flowFates } from './fates.ts';
import { createTrafficObserver, type TrafficCounts } from './observe.ts';
import { resegmentSummary, resegmentWarnings } from './resegment-summary.ts';
import type {
  ConfigurationResult,
  Latency,
  LinuxGroSummary,
  NicSummary,
  ReceiverSummary,
  ResultRecord,
  Throughput,
  Warning,
} from './result.ts';
import type { Session } from './session.ts';
import { slicedResult, sumsOf } from './study-slices.ts';
import { createTimeSlicer, type Sliced } from './time-slices.ts';
import {
  allocationWarnings,
  clockWarnings,
  readingWarnings,
  ringWarnings,
  trafficWarnings,
} from './warnings.ts';

/** Where polls of each configuration end. */
export interface StudyPolls {
  readonly setups: readonly ConfigurationSetup[];
  readonly pollText: string;
  readonly pollDescription: string;
  readonly nic: NicSummary | null;
}

export interface StudyOptions extends StudyPolls {
  /** Takes their place if the packets have no times to simulate with; null: they stay. */
  readonly withoutTimes: StudyPolls | null;
  /** As asked for, for the record. */
  readonly pace: string;
  readonly inetLro: InetLroOptions;
  /** The defaults where left out. */
  readonly linuxGro?: LinuxGroOptions;
  /** The defaults where left out. */
  readonly byRules?: RuleEngineOptions;
  /** What is below the driver, in all configurations alike. */
  readonly path: Omit<XenPathOptions, 'configuration' | 'lroMode'>;
  /** With what the user set. */
  readonly profile: Profile;
  /** Coefficients that the user set, as given, for the record. */
  readonly set: readonly string[];
  readonly law: Law;
  /** As asked for, for the record. */
  readonly receiver: string;
  readonly fcsBytes: number | null;
  /** How many flows are told apart; none where left out, which costs nothing. */
  readonly flows?: number;
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
  const [record] = await runStudies(session, [options], true, afterBlock, signal);
  return record!;
}

/** Replays the capture once for all of `points`, which share whatever is equal among them. */
export async function studyMany(
  session: Session,
  points: readonly StudyOptions[],
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<ResultRecord[]> {
  return runStudies(session, points, false, afterBlock, signal);
}

async function runStudies(
  session: Session,
  points: readonly StudyOptions[],
  sliced: boolean,
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<ResultRecord[]> {
  const run = createStudyRun(session, points, sliced);
  await session.run((table) => {
    run.add(table);
    return afterBlock?.();
  }, signal);
  return run.finish();
}

/** The studies of one part of a capture. */
export interface StudyRun {
  /** Takes the received rows of the block. */
  add(table: PacketTable): void;
  /** A record for each point. Once. */
  finish(): ResultRecord[];
}

/** `sliced`: the record of the first point tells what happened when. */
export function createStudyRun(session: Session, points: readonly StudyOptions[], sliced = false): StudyRun {
  const observer = createTrafficObserver(session.table.core);
  const slicer = sliced
    ? createTimeSlicer(take, () => sumsOf(observer.linkUse(), started!.runs.snapshot()))
    : null;
  session.flows.onForget((flow) => {
    observer.forget(flow);
    started?.runs.forget(flow);
  });
  let started: { readonly runs: ConfigurationRuns; readonly points: readonly StudyOptions[] } | null = null;

  /** Whether the capture has times is known when its first block is. */
  function start(timeless: boolean): NonNullable<typeof started> {
    const chosen = timeless ? points.map((point) => ({ ...point, ...point.withoutTimes })) : points;
    const plans = chosen.map(({ setups, inetLro, linuxGro, byRules, path, profile, flows }) => ({
      setups,
      engines: { inetLro, ...(linuxGro === undefined ? {} : { linuxGro }), ...byRules },
      price: { ...path, lroMode: inetLro.mode, profile },
      byFlow: flows !== undefined,
    }));
    return { runs: createConfigurationRuns(session.table, plans), points: chosen };
  }

  function take(table: PacketTable): void {
    observer.add(table);
    started!.runs.run(table);
  }

  return {
    add(table) {
      started ??= start(lacksTimes(session, table));
      observer.addRecords(table);
      if (slicer === null) take(table);
      else slicer.add(table);
    },
    finish() {
      started ??= start(false);
      const traffic = observer.counts();
      const counts = started.runs.finish();
      const slices =
        slicer?.finish(
          sumsOf(
            traffic,
            counts[0]!.map(({ running }) => running),
          ),
        ) ?? null;
      return started.points.map((options, index) =>
        assemble(session, options, traffic, counts[index]!, index === 0 ? slices : null),
      );
    },
  };
}

function assemble(
  session: Session,
  options: StudyOptions,
  traffic: TrafficCounts,
  counts: readonly ConfigurationCounts[],
  slices: Sliced | null,
): ResultRecord {
  const costed = counts.map((one) => configurationResult(one, options, traffic, session));
  const warnings: Warning[] = [
    ...readingWarnings(session),
    ...clockWarnings(options),
    ...trafficWarnings(traffic, options.inetLro.mtu, session.resegmented() !== null),
    ...resegmentWarnings(session.resegmented()),
    ...ringWarnings(Math.max(...counts.map((one) => one.dropped))),
    ...allocationWarnings(Math.max(...counts.map((one) => one.events[EVENT.droppedPackets]!))),
  ];
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: packageVersion() },
    capture: captureSummary(session, traffic.allTcpPackets),
    receiver: receiverSummary(session, traffic),
    options: recordedOptions(options),
    throughput: capturedThroughput(traffic),
    lawFormula: costed[0]?.formula ?? '',
    profileNote: profileNote(options),
    configurations: costed.map((one) => one.result),
    slices: slices === null ? null : slicedResult(slices, options, counts),
    warnings,
  };
}

function configurationResult(
  counts: ConfigurationCounts,
  options: StudyOptions,
  traffic: TrafficCounts,
  session: Session,
): { result: ConfigurationResult; formula: string } {
  const { setup, events } = counts;
  const { profile } = options;
  const { receiveMode } = options.path;
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
    flows:
      counts.fates === null || options.flows === undefined
        ? null
        : flowFates(counts.fates, options.flows, session.flows),
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
  const { inetLro, path } = options;
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
    linuxGro: options.setups.some(({ engine }) => engine === 'linux-gro')
      ? linuxGroSummary(options.linuxGro ?? LINUX_GRO_DEFAULTS)
      : null,
    receiveMode: path.receiveMode,
    fragmentCopy: path.fragmentCopy ?? 'software',
    lineariseMaxOrder: path.lineariseMaxOrder ?? null,
    profile: options.profile.name,
    set: options.set,
    law: options.law,
    receiver: options.receiver,
  };
}

function profileNote({ profile, set }: StudyOptions): string {
  return set.length === 0 ? profile.note : `${profile.note} Set by the user: ${set.join(', ')}.`;
}

function linuxGroSummary({ buckets, perBucket, maxSize, vlan }: LinuxGroOptions): LinuxGroSummary {
  return { buckets, perBucket, maxSizeBytes: maxSize, vlan };
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
