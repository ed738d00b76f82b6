/** One engine over one capture with all that `analyze explain` asks of it: fates, what-ifs, losses, single packets. */
import { kernelsFor } from '../capture/record-block.ts';
import type { SkbSink } from '../coalesce/engine.ts';
import { OBSTACLE, OBSTACLES_OF_REASON, type ObstacleSet } from '../coalesce/obstacle.ts';
import { REASON } from '../coalesce/reason.ts';
import { createPollModel, type PollSpec } from '../nic/poll.ts';
import type { PollTarget } from '../nic/poll-model.ts';
import type { Softirq } from '../nic/softirq.ts';
import type { PacketTable } from '../packet/table.ts';
import { createEngine, type EngineOptions, mostHeldInCore } from './coalesce.ts';
import { type ExplainedSink, explainedTarget } from './explain-core.ts';
import type { Losses } from './explain-result.ts';
import { createFateCounts, type FateCounts } from './fate-counts.ts';
import { createLossCounter } from './merge-losses.ts';
import type { PacketTrace } from './packet-trace.ts';
import { createPollProgress, PROGRESS } from './poll-progress.ts';
import { clockedSink } from './timed-sink.ts';
import { createWhatIfs } from './what-if.ts';
import { createOrderedWhatIfs } from './what-if-ordered.ts';

export interface ExplainLane {
  run(table: PacketTable): void;
  finish(): void;
  readonly fates: FateCounts;
  losses(): Losses;
  dataSkbs(): number;
  /** Of a what-if against the plain run: skbs with payload. Null if it was not asked for. */
  difference(waived: ObstacleSet): number | null;
  packets(): number;
  polls(): number;
  dropped(): number;
}

export interface ExplainLaneSetup {
  readonly options: EngineOptions;
  readonly poll: PollSpec;
  readonly softirq: Softirq;
  /** The what-ifs to replay. */
  readonly sets: readonly ObstacleSet[];
  /** Single packets to follow; the engine then gets packets one by one. */
  readonly trace: PacketTrace | null;
  /** Is told all that the plain run delivers. */
  readonly observer: SkbSink | null;
}

const CAPTURE_END = REASON['capture-end'];

export function createExplainLane(table: PacketTable, setup: ExplainLaneSetup): ExplainLane {
  const { options, poll, softirq, sets, trace, observer } = setup;
  const fates = createFateCounts(mostHeldInCore(options) === null ? null : table.core);
  const losses = createLossCounter(table, options.engine === 'linux-gro', mostHeldInCore(options));
  const { tcpAt, payloadBytes, flow } = table;
  const total = { dataSkbs: 0 };
  const progress = createPollProgress(table.core);
  const { words } = progress;
  let packets = 0;

  function count(flowOfSkb: number, reason: number, segments: number, payload: number, data: number): void {
    words[PROGRESS.MET]! |= OBSTACLES_OF_REASON[reason]!;
    words[PROGRESS.DATA_SKBS]! += data;
    total.dataSkbs += data;
    fates.add(flowOfSkb, reason, segments, payload, data);
  }

  const plainSink: SkbSink = {
    hold: losses.hold,
    holdTaken: losses.holdTaken,
    deliverHeld(skb, reason) {
      count(skb.flow, reason, skb.segments, skb.payloadBytes, 1);
      losses.deliverHeld(skb);
    },
    deliverAlone(row, reason) {
      const payload = tcpAt[row] === 0 ? 0 : Math.max(0, payloadBytes[row]!);
      count(flow[row]!, reason, 1, payload, payload > 0 ? 1 : 0);
    },
  };
  const others = [trace, observer].filter((sink) => sink !== null);
  const sink = others.length === 0 ? plainSink : everySink([plainSink, ...others]);
  const clocked = poll.kind === 'napi' ? clockedSink(table, sink, softirq) : sink;
  const engine = createEngine(table, options, clocked);
  const inOrder = sets.filter((set) => (set & OBSTACLE.reordering) !== 0);
  const asTheyCame = sets.filter((set) => (set & OBSTACLE.reordering) === 0);
  const ordered = inOrder.length === 0 ? null : createOrderedWhatIfs(table, options, inOrder, CAPTURE_END);
  const whatIfs = createWhatIfs(table, options, asTheyCame, progress, total, ordered);

  function receive(from: number, to: number): void {
    if (trace === null) {
      engine.receive(from, to);
      return;
    }
    for (let i = from; i < to; i++) {
      trace.begin(table.rows[i]!);
      engine.receive(i, i + 1);
    }
    trace.end();
  }

  let first = 0;
  const inCore: ExplainedSink = {
    begin(from) {
      first = from;
      whatIfs.begin(from);
    },
    end(next, dataSkbs) {
      packets += next - first;
      total.dataSkbs += dataSkbs;
      whatIfs.end(next);
    },
  };
  const target: PollTarget = {
    usual:
      others.length === 0
        ? explainedTarget(table, engine, fates, losses, progress, whatIfs.listsPolls, inCore)
        : undefined,
    receive(from, to) {
      packets += to - from;
      receive(from, to);
      whatIfs.begin(from);
      whatIfs.end(to);
    },
    flushAll(reason) {
      engine.flushAll(reason);
      whatIfs.flushAll(reason);
    },
  };
  const reasons = { pollEnd: REASON['poll-end'], captureEnd: CAPTURE_END };
  const model = createPollModel(poll, target, reasons, softirq);
  return {
    run(block) {
      kernelsFor(block)?.forgetMarks();
      model.run(block);
      whatIfs.endBlock();
    },
    finish: model.finish,
    fates,
    losses: losses.losses,
    dataSkbs: () => total.dataSkbs,
    difference: (waived) => whatIfs.difference(waived) ?? ordered?.difference(waived) ?? null,
    packets: () => packets,
    polls: model.polls,
    dropped: model.dropped,
  };
}

function everySink(sinks: readonly SkbSink[]): SkbSink {
  return {
    hold(slot, row, first, place) {
      for (const sink of sinks) sink.hold?.(slot, row, first, place);
    },
    deliverHeld(skb, reason) {
      for (const sink of sinks) sink.deliverHeld(skb, reason);
    },
    deliverAlone(row, reason) {
      for (const sink of sinks) sink.deliverAlone(row, reason);
    },
  };
}
