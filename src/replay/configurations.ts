/**
 * The three configurations of the study over one stream of blocks. Configurations whose engine and polls are
 * equal share one run of the engine: their skbs are the same, only their paths differ.
 */
import type { SkbSink } from '../coalesce/engine.ts';
import type { InetLroOptions } from '../coalesce/inet-lro.ts';
import { REASON, REASONS, type Reason } from '../coalesce/reason.ts';
import type { TimeSummary } from '../nic/histogram.ts';
import { createPollModel, movesClock, type PollSpec } from '../nic/poll.ts';
import type { PollModel } from '../nic/poll-model.ts';
import type { PacketTable } from '../packet/table.ts';
import { createXenPath, XEN_CONFIGURATIONS, type XenConfiguration, type XenPath } from '../path/xen-path.ts';
import { createEngine, type EngineName } from './coalesce.ts';
import { frameBytesOf } from './frame-bytes.ts';
import { createPricedSoftirq, type PathPrice } from './softirq.ts';
import { timedSink } from './timed-sink.ts';

export interface ConfigurationSetup {
  readonly name: XenConfiguration;
  readonly engine: EngineName;
  /** As given on the command line. */
  readonly pollText: string;
  readonly poll: PollSpec;
}

/** The engine of each configuration of the study. */
export const STUDY_ENGINES: Readonly<Record<XenConfiguration, EngineName>> = {
  Xen: 'none',
  LRO: 'inet_lro',
  Optimized: 'inet_lro',
};

export function studySetups(
  poll: (name: XenConfiguration) => { text: string; spec: PollSpec },
): ConfigurationSetup[] {
  return XEN_CONFIGURATIONS.map((name) => {
    const { text, spec } = poll(name);
    return { name, engine: STUDY_ENGINES[name], pollText: text, poll: spec };
  });
}

/** What one configuration did. */
export interface ConfigurationCounts {
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
  readonly reasons: readonly { readonly reason: Reason; readonly skbs: number; readonly packets: number }[];
  /** Counts by index of the path's event list. */
  readonly events: Float64Array;
}

export interface ConfigurationRuns {
  run(table: PacketTable): void;
  finish(): ConfigurationCounts[];
}

interface Lane {
  readonly members: { readonly setup: ConfigurationSetup; readonly path: XenPath }[];
  readonly model: PollModel;
  counts(): Omit<ConfigurationCounts, 'setup' | 'events'>;
}

export function createConfigurationRuns(
  table: PacketTable,
  setups: readonly ConfigurationSetup[],
  inetLro: InetLroOptions,
  price: Omit<PathPrice, 'configuration'>,
): ConfigurationRuns {
  const groups = new Map<string, ConfigurationSetup[]>();
  for (const setup of setups) {
    // With napi, what runs below the driver decides how long polls last.
    const own = setup.poll.kind === 'napi' ? ` ${setup.name}` : '';
    const key = `${setup.engine} ${setup.pollText}${own}`;
    groups.set(key, [...(groups.get(key) ?? []), setup]);
  }
  const lanes = [...groups.values()].map((group) => createLane(table, group, inetLro, price));
  return {
    run(block) {
      for (const lane of lanes) lane.model.run(block);
    },
    finish() {
      const results = new Map<XenConfiguration, ConfigurationCounts>();
      for (const lane of lanes) {
        lane.model.finish();
        const counts = lane.counts();
        for (const { setup, path } of lane.members) {
          const enginePackets = setup.engine === 'none' ? 0 : counts.packets;
          const events = path.finish({ receivedFrames: counts.packets, enginePackets, polls: counts.polls });
          results.set(setup.name, { setup, ...counts, events });
        }
      }
      return setups.map((setup) => results.get(setup.name)!);
    },
  };
}

function createLane(
  table: PacketTable,
  group: readonly ConfigurationSetup[],
  inetLro: InetLroOptions,
  price: Omit<PathPrice, 'configuration'>,
): Lane {
  const first = group[0]!;
  const { receiveMode } = price;
  const members = group.map((setup) => ({
    setup,
    path: createXenPath({ configuration: setup.name, receiveMode, lroMode: inetLro.mode }),
  }));
  const paths = members.map((member) => member.path);
  const skbsOf = new Float64Array(REASONS.length);
  const packetsOf = new Float64Array(REASONS.length);
  const { tcpAt, payloadBytes } = table;
  let packets = 0;

  function count(reason: number, segments: number): void {
    skbsOf[reason]! += 1;
    packetsOf[reason]! += segments;
  }

  const sink: SkbSink = {
    deliverHeld(skb, reason) {
      count(reason, skb.segments);
      for (const path of paths) path.deliver(skb.segments, skb.payloadBytes, skb.frameBytes);
    },
    deliverAlone(row, reason) {
      count(reason, 1);
      const payload = tcpAt[row] === 0 ? 0 : Math.max(0, payloadBytes[row]!);
      const frameBytes = frameBytesOf(table, row);
      for (const path of paths) path.deliver(1, payload, frameBytes);
    },
  };
  const softirq = createPricedSoftirq(
    { ...price, configuration: first.name },
    first.engine !== 'none',
    first.poll,
  );
  const timed = movesClock(first.poll) ? timedSink(table, sink, softirq) : sink;
  const engine = createEngine(table, { engine: first.engine, inetLro }, timed);
  const target = {
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
  return {
    members,
    model,
    counts: () => ({
      ...engine.counters,
      packets,
      delivered: engine.counters.flushed + packets - engine.counters.aggregated,
      polls: model.polls(),
      dropped: model.dropped(),
      interrupts: model.interrupts(),
      holdTimes: model.holdTimes(),
      reasons: REASONS.map((reason, index) => ({
        reason,
        skbs: skbsOf[index]!,
        packets: packetsOf[index]!,
      })).filter((row) => row.skbs > 0),
    }),
  };
}
