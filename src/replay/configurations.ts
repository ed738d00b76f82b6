/**
 * The configurations of one study or of many over one stream of blocks. Those whose engine and polls are equal share
 * one run of the engine: their skbs are the same, only their paths differ.
 */
import type { SkbSink } from '../coalesce/engine.ts';
import { REASON } from '../coalesce/reason.ts';
import type { Histogram, TimeSummary } from '../nic/histogram.ts';
import { createPollModel, movesClock, type PollSpec } from '../nic/poll.ts';
import type { PollModel, PollTarget } from '../nic/poll-model.ts';
import type { PacketTable } from '../packet/table.ts';
import type { RunCounts } from '../path/events.ts';
import { XEN_CONFIGURATIONS, type XenConfiguration } from '../path/xen-configurations.ts';
import { createXenPath, type XenPath } from '../path/xen-path.ts';
import { createEngine, type EngineName, type EngineOptions, mostHeldInCore, ownOptions } from './coalesce.ts';
import { coreTarget } from './core-target.ts';
import { createFateCounts, type FateCounts } from './fate-counts.ts';
import { frameBytesOf } from './frame-bytes.ts';
import {
  countSkbs,
  createLogCounter,
  createReasonCounts,
  type ReasonRow,
  reasonRows,
} from './reason-counts.ts';
import { createLogPasser } from './skb-log.ts';
import { createPricedSoftirq, type PathPrice } from './softirq.ts';
import { timedSink } from './timed-sink.ts';

export interface ConfigurationSetup {
  readonly name: XenConfiguration;
  readonly engine: EngineName;
  /** As given on the command line. */
  readonly pollText: string;
  readonly poll: PollSpec;
}

/** The study's own configurations, or with another `engine` what it would have found with that one. */
export function studySetups(
  poll: (name: XenConfiguration) => { text: string; spec: PollSpec },
  engine: EngineName = 'inet_lro',
): ConfigurationSetup[] {
  return XEN_CONFIGURATIONS.map((name) => {
    const { text, spec } = poll(name);
    return { name, engine: name === 'Xen' ? 'none' : engine, pollText: text, poll: spec };
  });
}

/** The configurations of one study, with what is common to them. */
export interface ConfigurationPlan {
  readonly setups: readonly ConfigurationSetup[];
  readonly engines: Omit<EngineOptions, 'engine'>;
  readonly price: Omit<PathPrice, 'configuration'>;
  /** Whether the flows are told apart; not where left out. */
  readonly byFlow?: boolean;
}

/** What one configuration did so far, as it is kept: valid until the run goes on. */
export interface RunningCounts {
  /** Counts by index of the path's event list. */
  readonly events: Float64Array;
  /** Skbs by index of the reason. */
  readonly skbsOf: Float64Array;
  readonly holds: Histogram;
  readonly polls: number;
  readonly interrupts: number | null;
  readonly dropped: number;
}

/** What one configuration did. */
export interface ConfigurationCounts {
  readonly running: RunningCounts;
  readonly setup: ConfigurationSetup;
  readonly packets: number;
  readonly delivered: number;
  readonly polls: number;
  /** Lost at a full ring: not among `packets`. */
  readonly dropped: number;
  /** Null where the poll model has no interrupts. */
  readonly interrupts: number | null;
  /** Arrival to delivery of each packet; null where the poll model has no clock. */
  readonly holdTimes: TimeSummary | null;
  readonly aggregated: number;
  readonly flushed: number;
  readonly noDesc: number;
  readonly reasons: readonly ReasonRow[];
  /** Null where no plan asked for flows. */
  readonly fates: FateCounts | null;
  /** Counts by index of the path's event list. */
  readonly events: Float64Array;
}

export interface ConfigurationRuns {
  /** Simulations that run, shared ones once. */
  readonly lanes: number;
  run(table: PacketTable): void;
  /** The number of this flow will be another's. */
  forget(flow: number): void;
  /** The counts of the first plan so far, in the order of its setups. */
  snapshot(): RunningCounts[];
  /** By plan, in the order of its setups. */
  finish(): ConfigurationCounts[][];
}

/** One configuration of one plan. */
interface Member {
  readonly plan: ConfigurationPlan;
  readonly setup: ConfigurationSetup;
}

interface Lane {
  readonly forget: (flow: number) => void;
  readonly model: PollModel;
  counts(): Omit<ConfigurationCounts, 'setup' | 'events' | 'running'>;
  running(events: Float64Array): RunningCounts;
  /** Counted events of a member so far. */
  eventsSoFar(member: Member): Float64Array;
  /** Counted events of a member. Valid after `model.finish`. */
  events(member: Member): Float64Array;
}

export function createConfigurationRuns(
  table: PacketTable,
  plans: readonly ConfigurationPlan[],
): ConfigurationRuns {
  const groups = new Map<string, Member[]>();
  const members = plans.map((plan) =>
    plan.setups.map((setup) => {
      const member = { plan, setup };
      const key = laneKey(member);
      groups.set(key, [...(groups.get(key) ?? []), member]);
      return { member, key };
    }),
  );
  const lanes = new Map([...groups].map(([key, group]) => [key, createLane(table, group)]));
  const models = [...lanes.values()].map((lane) => lane.model);
  const firstPlan = members[0]!.map(({ member, key }) => ({ member, lane: lanes.get(key)! }));
  return {
    lanes: lanes.size,
    forget(flow) {
      for (const lane of lanes.values()) lane.forget(flow);
    },
    run(block) {
      for (const model of models) model.run(block);
    },
    snapshot: () => firstPlan.map(({ member, lane }) => lane.running(lane.eventsSoFar(member))),
    finish() {
      for (const model of models) model.finish();
      return members.map((ofPlan) =>
        ofPlan.map(({ member, key }) => {
          const lane = lanes.get(key)!;
          const events = lane.events(member);
          return { setup: member.setup, ...lane.counts(), events, running: lane.running(events) };
        }),
      );
    },
  };
}

/** Equal for members whose engines deliver the same skbs at the same times. */
function laneKey({ plan, setup }: Member): string {
  const options = ownOptions({ engine: setup.engine, ...plan.engines });
  const { poll } = setup;
  const polls = poll.kind === 'file' ? poll.file : poll;
  // With napi, what runs below the driver decides how long polls last.
  const own = movesClock(poll) ? [setup.name, plan.price] : null;
  return JSON.stringify([setup.engine, options, polls, own]);
}

/** Equal for members whose skbs go the same way below the driver, whatever that costs. */
function pathKey({ plan, setup }: Member): string {
  return JSON.stringify([setup.name, { ...plan.price, profile: null }]);
}

function createLane(table: PacketTable, group: readonly Member[]): Lane {
  const { plan, setup: first } = group[0]!;
  const pathOf = new Map<string, XenPath>();
  for (const member of group) {
    const key = pathKey(member);
    const options = { ...member.plan.price, configuration: member.setup.name };
    if (!pathOf.has(key)) pathOf.set(key, createXenPath(options, table.core));
  }
  const pathOfMember = new Map(group.map((member) => [member, pathOf.get(pathKey(member))!]));
  const paths = [...pathOf.values()];
  const reasonCounts = createReasonCounts(table.core);
  const fates = group.some((member) => member.plan.byFlow === true) ? createFateCounts() : null;
  const { tcpAt, payloadBytes, flow } = table;
  let packets = 0;

  const sink: SkbSink = {
    deliverHeld(skb, reason) {
      countSkbs(reasonCounts, reason, skb.segments, 1);
      if (fates !== null) fates.add(skb.flow, reason, skb.segments, skb.payloadBytes, 1);
      for (const path of paths) path.deliver(skb.segments, skb.payloadBytes, skb.frameBytes);
    },
    deliverAlone(row, reason) {
      countSkbs(reasonCounts, reason, 1, 1);
      const payload = tcpAt[row] === 0 ? 0 : Math.max(0, payloadBytes[row]!);
      if (fates !== null) fates.add(flow[row]!, reason, 1, payload, payload > 0 ? 1 : 0);
      const frameBytes = frameBytesOf(table, row);
      for (const path of paths) path.deliver(1, payload, frameBytes);
    },
  };
  const slots = mostHeldInCore({ engine: first.engine, ...plan.engines });
  const softirq = createPricedSoftirq(
    { ...plan.price, configuration: first.name },
    first.engine !== 'none',
    first.poll,
    slots === null ? null : table.core,
    slots ?? 0,
  );
  const timed = movesClock(first.poll) ? timedSink(table, sink, softirq) : sink;
  const engine = createEngine(table, { engine: first.engine, ...plan.engines }, timed);
  // The core does not say whose skbs they are.
  const usual =
    fates !== null
      ? undefined
      : coreTarget(table, engine, (log) => {
          const takers = [
            createLogCounter(reasonCounts, log),
            ...paths.map((path) => createLogPasser(path, log)),
          ];
          return {
            count(taken) {
              packets += taken;
            },
            deliver(entries) {
              for (const take of takers) take(entries);
            },
          };
        });
  const target: PollTarget = {
    usual,
    receive(from: number, to: number): void {
      packets += to - from;
      engine.receive(from, to);
    },
    flushAll(reason: number): void {
      engine.flushAll(reason);
      for (const path of paths) path.pollEnd();
    },
  };
  const reasons = { pollEnd: REASON['poll-end'], captureEnd: REASON['capture-end'] };
  const model = createPollModel(first.poll, target, reasons, softirq);
  const eventsOf = new Map<XenPath, Float64Array>();

  function runCounts(): RunCounts {
    const enginePackets = first.engine === 'none' ? 0 : packets;
    return { receivedFrames: packets, enginePackets, polls: model.polls() };
  }

  return {
    forget: (flow) => fates?.forget(flow),
    model,
    running: (events) => ({
      events,
      skbsOf: reasonCounts.skbsOf,
      holds: model.holds,
      polls: model.polls(),
      interrupts: model.interrupts(),
      dropped: model.dropped(),
    }),
    eventsSoFar: (member) => pathOfMember.get(member)!.snapshot(runCounts()),
    events(member) {
      const path = pathOfMember.get(member)!;
      const events = eventsOf.get(path) ?? path.finish(runCounts());
      eventsOf.set(path, events);
      return events;
    },
    counts: () => ({
      ...engine.counters,
      packets,
      delivered: engine.counters.flushed + packets - engine.counters.aggregated,
      polls: model.polls(),
      dropped: model.dropped(),
      interrupts: model.interrupts(),
      holdTimes: model.holdTimes(),
      fates,
      reasons: reasonRows(reasonCounts),
    }),
  };
}
