/** `analyze explain`: one pass over a capture, every engine asked for, one record of why packets did and did not merge. */

import { basename } from 'node:path';
import type { Core } from '../capture/core.ts';
import { type ObstacleSet, obstaclesIn } from '../coalesce/obstacle.ts';
import type { PollSpec } from '../nic/poll.ts';
import type { Softirq } from '../nic/softirq.ts';
import { packageVersion } from '../package-root.ts';
import type { FlowTable } from '../packet/flows.ts';
import { createSuperPacketFinder } from '../packet/super-packets.ts';
import { adviceFor, allObstacles } from './advice.ts';
import { lacksTimes } from './clock.ts';
import { type EngineName, type EngineOptions, mostHeldInCore } from './coalesce.ts';
import { createEngineDiff, type EngineDiff } from './engine-diff.ts';
import { createExplainLane, type ExplainLane } from './explain-lane.ts';
import type { EngineExplanation, ExplainRecord, WhatIf } from './explain-result.ts';
import { fateOf, flowFates } from './fates.ts';
import { createPacketTrace, type PacketTrace } from './packet-trace.ts';
import { resegmentWarnings } from './resegment-summary.ts';
import type { Fate } from './result.ts';
import type { Session } from './session.ts';
import { clockWarnings, readingWarnings, ringWarnings, trafficWarnings } from './warnings.ts';

export interface ExplainPolls {
  readonly poll: PollSpec;
  readonly pollText: string;
  readonly pollDescription: string;
}

export interface ExplainOptions extends ExplainPolls {
  readonly engines: readonly EngineName[];
  /** Of all engines; `engine` is not looked at. */
  readonly engineOptions: EngineOptions;
  /** Take their place if the packets have no times to simulate with; null: they stay. */
  readonly withoutTimes: ExplainPolls | null;
  /** The processor of an engine's polls; needed with `napi` alone. */
  readonly softirq: (engine: EngineName, core: Core | null, slots: number) => Softirq;
  readonly whatIfs: (engine: EngineName) => readonly ObstacleSet[];
  /** Flows told apart. */
  readonly top: number;
  /** Record numbers to follow. */
  readonly packets: readonly number[];
  /** Two of `engines`. */
  readonly diff: readonly [EngineName, EngineName] | null;
}

/** Places listed where two engines part. */
const LISTED_DIFFERENCES = 20;

interface Job {
  readonly name: EngineName;
  readonly lane: ExplainLane;
  readonly trace: PacketTrace | null;
  readonly sets: readonly ObstacleSet[];
}

export async function explain(
  session: Session,
  options: ExplainOptions,
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
): Promise<ExplainRecord> {
  const { table } = session;
  const diff = options.diff === null ? null : createEngineDiff(table, LISTED_DIFFERENCES);
  const superPackets = createSuperPacketFinder(table.core);
  let started: { readonly polls: ExplainPolls; readonly jobs: readonly Job[] } | null = null;

  /** Whether the capture has times is known when its first block is. */
  function start(timeless: boolean): NonNullable<typeof started> {
    const polls = (timeless ? options.withoutTimes : null) ?? options;
    return {
      polls,
      jobs: options.engines.map((name) => createJob(session, options, polls.poll, name, diff)),
    };
  }

  await session.run((block) => {
    started ??= start(lacksTimes(session, block));
    superPackets.add(block);
    for (const { lane } of started.jobs) lane.run(block);
    return afterBlock?.();
  }, signal);
  started ??= start(false);
  const { polls, jobs } = started;
  for (const { lane } of jobs) lane.finish();
  const { reader, flows, receiver } = session;
  const notes = reader.notes();
  const engines = jobs.map((job) => explanation(job, options, flows));
  return {
    recordVersion: 1,
    tool: { name: 'analyze', version: packageVersion() },
    capture: {
      name: basename(reader.file),
      packets: notes.packets,
      durationNs: notes.packets === 0 ? null : notes.lastTimeNs,
      flows: flows.count(),
    },
    receiver: {
      mode: receiver.mode,
      address: receiver.mode === 'ip' || receiver.mode === 'mac' ? receiver.address : null,
      why: receiver.why,
    },
    poll: polls.pollText,
    pollDescription: polls.pollDescription,
    engines,
    difference: diff === null ? null : { engines: options.diff!, ...diff.result() },
    warnings: [
      ...readingWarnings(session),
      ...clockWarnings({ pollText: polls.pollText, withoutTimes: options.withoutTimes }),
      ...trafficWarnings(
        {
          superPackets: superPackets.report(),
          dataPackets: Math.max(0, ...engines.map(({ dataPackets }) => dataPackets)),
          allTcpPackets: flows.count(),
        },
        options.engineOptions.inetLro.mtu,
        session.resegmented() !== null,
      ),
      ...resegmentWarnings(session.resegmented()),
      ...ringWarnings(Math.max(0, ...jobs.map(({ lane }) => lane.dropped()))),
    ],
  };
}

function createJob(
  { table, flows }: Session,
  options: ExplainOptions,
  poll: PollSpec,
  name: EngineName,
  diff: EngineDiff | null,
): Job {
  const { packets } = options;
  const engine: EngineOptions = { ...options.engineOptions, engine: name };
  const { inetLro, linuxGro } = engine;
  const maxBytes =
    name === 'linux-gro' || name === 'gvisor' ? (linuxGro?.maxSize ?? 65_536) - 1 : 65_535 - inetLro.mtu;
  const trace =
    packets.length === 0 ? null : createPacketTrace(table, packets, { maxAggr: inetLro.maxAggr, maxBytes });
  const sets = options.whatIfs(name);
  const side = options.diff?.indexOf(name) ?? -1;
  const observer = diff === null || side < 0 ? null : diff.sinks[side as 0 | 1];
  const slots = mostHeldInCore(engine);
  const softirq = options.softirq(name, slots === null ? null : table.core, slots ?? 0);
  const lane = createExplainLane(table, { options: engine, poll, softirq, sets, trace, observer });
  flows.onForget(lane.fates.forget);
  return { name, lane, trace, sets };
}

function explanation(
  { name, lane, trace, sets }: Job,
  options: ExplainOptions,
  flows: FlowTable,
): EngineExplanation {
  const total = fateOf(lane.fates.total());
  const decisions = trace?.decisions() ?? [];
  return {
    engine: name,
    polls: lane.polls(),
    ...total,
    whatIfs: sets.map((set) => whatIf(name, set, total, lane)).sort(byGain),
    losses: lane.losses(),
    ...flowFates(lane.fates, options.top, flows),
    decisions: options.packets.map((packet, i) => ({ packet, decision: decisions[i] ?? null })),
  };
}

function whatIf(engine: EngineName, set: ObstacleSet, total: Fate, lane: ExplainLane): WhatIf {
  const dataSkbs = total.dataSkbs + (lane.difference(set) ?? 0);
  const lroRate = dataSkbs === 0 ? null : total.dataPackets / dataSkbs;
  return {
    without: obstaclesIn(set),
    upperBound: set === allObstacles(engine),
    dataSkbs,
    lroRate,
    gain: lroRate === null || total.lroRate === null ? null : lroRate - total.lroRate,
    advice: adviceFor(engine, set),
  };
}

/** The upper bound first, then most gain first; of two with the same the order of the options. */
function byGain(a: WhatIf, b: WhatIf): number {
  return (b.gain ?? 0) - (a.gain ?? 0);
}
