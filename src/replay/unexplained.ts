/** The hypotheses about the guest's unexplained cycles, each counted on one capture beside the study of it. */
import type { SkbSink } from '../coalesce/engine.ts';
import { costOf } from '../cost/cycles.ts';
import { demandOf, HYPOTHESIS_FACTS, type StudyTraffic, studyTraffic } from '../cost/hypotheses.ts';
import { lawsOnUnexplained } from '../cost/law-comparison.ts';
import { type Profile, ProfileError, type Unexplained } from '../cost/profile.ts';
import { STUDY, studyEvents } from '../cost/study.ts';
import { packageVersion } from '../package-root.ts';
import type { PacketTable } from '../packet/table.ts';
import { EVENT } from '../path/events.ts';
import {
  createHypothesisCounter,
  HYPOTHESES,
  type Hypothesis,
  type HypothesisCounter,
} from '../path/hypotheses.ts';
import type { ReceiveMode } from '../path/netback.ts';
import { createLane } from './coalesce.ts';
import { frameBytesOf } from './frame-bytes.ts';
import { createAckObserver } from './receiver-acks.ts';
import type { ConfigurationResult, ResultRecord } from './result.ts';
import type { Session } from './session.ts';
import { createPricedSoftirq } from './softirq.ts';
import { type StudyOptions, study } from './study.ts';
import type { HypothesisResult, Traffic, UnexplainedRecord } from './unexplained-record.ts';

/**
 * @param hypotheses those that are switched on
 * @throws {ProfileError} if the profile leaves nothing unexplained.
 */
export async function unexplained(
  session: Session,
  options: StudyOptions,
  hypotheses: readonly Hypothesis[],
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<UnexplainedRecord> {
  const residual = residualOf(options.profile);
  const setup = options.setups.find(({ name }) => name === residual.configuration)!;
  const counters = HYPOTHESES.map(createHypothesisCounter);
  const { inetLro, path, profile } = options;
  const price = { configuration: setup.name, ...path, lroMode: inetLro.mode, profile };
  const lane = createLane(
    session.table,
    { engine: setup.engine, inetLro },
    setup.poll,
    countingSink(session.table, counters),
    { softirq: createPricedSoftirq(price, setup.engine !== 'none', setup.poll) },
  );
  const acks = createAckObserver();
  session.flows.onForget(acks.forget);
  const record = await study(
    session,
    options,
    () => {
      lane.run(session.table);
      acks.add(session.table);
      return afterBlock?.();
    },
    signal,
  );
  lane.finish();
  const counts = counters.map((counter) => counter.count());
  const result = record.configurations.find(({ name }) => name === residual.configuration)!;
  const sent = acks.counts(session.flows);
  const { dataSkbs } = result.counters;
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: packageVersion() },
    capture: record.capture.name,
    poll: record.options.poll,
    pollDescription: record.options.pollDescription,
    receiveMode: path.receiveMode,
    profile: profile.name,
    configuration: residual.configuration,
    unexplainedCyclesPerPacket: residual.value,
    study: studyRow(residual, profile, path.receiveMode),
    replayed: replayedRow(result),
    hypotheses: hypotheses.map((name) =>
      assess(name, counts[HYPOTHESES.indexOf(name)]!, record, result, residual),
    ),
    laws: lawsOnUnexplained(profile, STUDY[residual.configuration]),
    receiverAcks:
      sent === null ? null : { ...sent, perDataSkb: dataSkbs > 0 ? sent.pureAcks / dataSkbs : null },
    warnings: record.warnings,
  };
}

function residualOf(profile: Profile): Unexplained {
  const residual = profile.unexplained;
  if (residual === null || residual.event !== 'dataPackets') {
    throw new ProfileError(
      profile.name,
      '$.unexplained',
      'holds no guest cycles for each data packet',
      'choose a profile that does, such as aizu-2008',
    );
  }
  return residual;
}

function countingSink(table: PacketTable, counters: readonly HypothesisCounter[]): SkbSink {
  const { tcpAt, payloadBytes, flow } = table;
  const skb = { flow: 0, segments: 0, payloadBytes: 0, frameBytes: 0, segmentBytes: 0 };
  function deliver(): void {
    for (const counter of counters) counter.deliver(skb);
  }
  return {
    deliverHeld(held) {
      skb.flow = held.flow;
      skb.segments = held.segments;
      skb.payloadBytes = held.payloadBytes;
      skb.frameBytes = held.frameBytes;
      skb.segmentBytes = held.segments > 1 ? held.gsoSize : held.payloadBytes;
      deliver();
    },
    deliverAlone(row) {
      if (tcpAt[row] === 0 || payloadBytes[row]! <= 0) return;
      skb.flow = flow[row]!;
      skb.segments = 1;
      skb.payloadBytes = payloadBytes[row]!;
      skb.frameBytes = frameBytesOf(table, row);
      skb.segmentBytes = skb.payloadBytes;
      deliver();
    },
  };
}

/** `Optimized` on the schedule of the study, priced like the capture. */
function studyRow(residual: Unexplained, profile: Profile, receiveMode: ReceiveMode): Traffic {
  const { events, packets, payloadBytes } = studyEvents(STUDY.Optimized, receiveMode);
  const { configuration } = STUDY.Optimized;
  const cost = costOf({ events, profile, receiveMode, configuration, goodputBytes: payloadBytes });
  const dataSkbs = events[EVENT.dataSkbs]!;
  return {
    dataPackets: packets,
    dataSkbs,
    lroRate: packets / dataSkbs,
    domainUCyclesPerByte: cost.domainU.cyclesPerByte,
    unexplainedCyclesPerByte: (residual.value * packets) / payloadBytes,
  };
}

function replayedRow(result: ConfigurationResult): Traffic {
  return {
    dataPackets: result.counters.dataPackets,
    dataSkbs: result.counters.dataSkbs,
    lroRate: result.lroRate,
    domainUCyclesPerByte: result.domainU.cyclesPerByte,
    unexplainedCyclesPerByte: result.unexplainedDomainUCyclesPerByte,
  };
}

function assess(
  name: Hypothesis,
  count: number,
  record: ResultRecord,
  result: ConfigurationResult,
  residual: Unexplained,
): HypothesisResult {
  const { mechanism, adds, unit, plausible, implies, observable } = HYPOTHESIS_FACTS[name];
  const traffic: StudyTraffic = studyTraffic();
  const studyCount = traffic.counts[HYPOTHESES.indexOf(name)]!;
  const inStudy = demandOf(name, studyCount, traffic.dataSkbs, residual.value * traffic.dataPackets);
  const { dataPackets, dataSkbs } = result.counters;
  const { goodputBytes } = record.receiver;
  const predicted =
    goodputBytes > 0 && inStudy.needed !== null ? (inStudy.needed * count) / goodputBytes : null;
  const explained = result.domainU.cyclesPerByte;
  return {
    name,
    mechanism,
    adds,
    unit,
    study: inStudy,
    capture: demandOf(name, count, dataSkbs, residual.value * dataPackets),
    predictedCyclesPerByte: predicted,
    domainUCyclesPerByte: predicted === null || explained === null ? null : explained + predicted,
    plausible,
    implies,
    observable,
  };
}
