/** One engine over one capture: `analyze coalesce`. */
import type { EngineName } from '../coalesce/catalog.ts';
import { createDpdkGro, DPDK_GRO_DEFAULTS, type DpdkGroOptions } from '../coalesce/dpdk-gro.ts';
import type { Engine, EngineCounters, SkbSink } from '../coalesce/engine.ts';
import { createFreebsd, FREEBSD_DEFAULTS, type FreebsdOptions } from '../coalesce/freebsd.ts';
import { type GroRoom, reserveGroRoom } from '../coalesce/gro-room.ts';
import { createGvisor } from '../coalesce/gvisor.ts';
import { createInetLro, type InetLroOptions } from '../coalesce/inet-lro.ts';
import { reserveSessions } from '../coalesce/inet-lro-core.ts';
import { createLinuxGro, LINUX_GRO_DEFAULTS, type LinuxGroOptions } from '../coalesce/linux-gro.ts';
import { createNone } from '../coalesce/none.ts';
import { REASON } from '../coalesce/reason.ts';
import { createS2io, S2IO_DEFAULTS, type S2ioOptions } from '../coalesce/s2io.ts';
import { createWindowsRsc, WINDOWS_RSC_DEFAULTS, type WindowsRscOptions } from '../coalesce/windows-rsc.ts';
import { createWireguard, WIREGUARD_DEFAULTS, type WireguardOptions } from '../coalesce/wireguard.ts';
import { reportBoundaries } from '../nic/boundaries.ts';
import type { TimeSummary } from '../nic/histogram.ts';
import { createPollModel, movesClock, type PollSpec } from '../nic/poll.ts';
import type { FlushReasons, PollTarget } from '../nic/poll-model.ts';
import { createSoftirq, NO_CYCLES, type Softirq } from '../nic/softirq.ts';
import type { PacketTable } from '../packet/table.ts';
import { coreTarget } from './core-target.ts';
import type { Session } from './session.ts';
import type { TakeSkbs } from './skb-log.ts';
import { timedSink } from './timed-sink.ts';

export { ENGINES, type EngineName } from '../coalesce/catalog.ts';

/** The engine, and the options of each; the defaults where left out. */
export interface EngineOptions extends RuleEngineOptions {
  readonly engine: EngineName;
  readonly inetLro: InetLroOptions;
  /** Of linux-gro and of gvisor. */
  readonly linuxGro?: LinuxGroOptions;
}

/** Of the engines that are known by their published rules only. */
export interface RuleEngineOptions {
  readonly s2io?: S2ioOptions;
  readonly freebsd?: FreebsdOptions;
  readonly windowsRsc?: WindowsRscOptions;
  readonly dpdkGro?: DpdkGroOptions;
  readonly wireguard?: WireguardOptions;
}

export interface CoalesceStats extends EngineCounters {
  /** Packets that the engine received. */
  packets: number;
  /** Skbs delivered. */
  delivered: number;
  polls: number;
  /** Lost at a full ring: not among `packets`. */
  dropped: number;
  /** Null where the poll model has no interrupts. */
  interrupts: number | null;
  /** Arrival to delivery of each packet; null where the poll model has no clock. */
  holdTimes: TimeSummary | null;
}

/** What the chosen engine goes by; null for the defaults, and for the engine that has none. */
export function ownOptions(options: EngineOptions): object | null {
  switch (options.engine) {
    case 'none':
      return null;
    case 'inet_lro':
      return options.inetLro;
    case 'linux-gro':
    case 'gvisor':
      return options.linuxGro ?? null;
    case 's2io':
      return options.s2io ?? null;
    case 'freebsd':
      return options.freebsd ?? null;
    case 'windows-rsc':
      return options.windowsRsc ?? null;
    case 'dpdk-gro':
      return options.dpdkGro ?? null;
    case 'wireguard':
      return options.wireguard ?? null;
  }
}

/** Skbs that an engine holds at most whose packets the core may take; null for the other engines. */
export function mostHeldInCore({
  engine,
  inetLro,
  linuxGro = LINUX_GRO_DEFAULTS,
}: EngineOptions): number | null {
  if (engine === 'none') return 0;
  if (engine === 'inet_lro') return inetLro.maxDesc;
  return engine === 'linux-gro' ? linuxGro.buckets * linuxGro.perBucket : null;
}

/** What an engine holds, where another one can go on with it. */
export interface EngineState {
  readonly sessions?: Int32Array;
  readonly room?: GroRoom;
}

/** Null for engines that share nothing. */
export function reserveState(table: PacketTable, options: EngineOptions): EngineState | null {
  const { engine, inetLro, linuxGro = LINUX_GRO_DEFAULTS } = options;
  if (engine === 'inet_lro') return { sessions: reserveSessions(table.core, inetLro) };
  return engine === 'linux-gro' ? { room: reserveGroRoom(table.core, linuxGro) } : null;
}

/** @param state its own if it is left out */
export function createEngine(
  table: PacketTable,
  options: EngineOptions,
  sink: SkbSink,
  state: EngineState = {},
): Engine {
  switch (options.engine) {
    case 'none':
      return createNone(table, sink);
    case 'inet_lro':
      return createInetLro(table, options.inetLro, sink, state.sessions);
    case 'linux-gro':
      return createLinuxGro(table, options.linuxGro ?? LINUX_GRO_DEFAULTS, sink, state.room);
    case 'gvisor':
      return createGvisor(table, options.linuxGro ?? LINUX_GRO_DEFAULTS, sink);
    case 's2io':
      return createS2io(table, options.s2io ?? S2IO_DEFAULTS, sink);
    case 'freebsd':
      return createFreebsd(table, options.freebsd ?? FREEBSD_DEFAULTS, sink);
    case 'windows-rsc':
      return createWindowsRsc(table, options.windowsRsc ?? WINDOWS_RSC_DEFAULTS, sink);
    case 'dpdk-gro':
      return createDpdkGro(table, options.dpdkGro ?? DPDK_GRO_DEFAULTS, sink);
    case 'wireguard':
      return createWireguard(table, options.wireguard ?? WIREGUARD_DEFAULTS, sink);
  }
}

/** An engine with its polls: one lane of a replay, fed block by block. */
export interface Lane {
  run(table: PacketTable): void;
  finish(): void;
  /** Valid after `finish`. */
  stats(): CoalesceStats;
}

export interface LaneExtras {
  /** What polls cost with `napi`; without it they take no time. */
  readonly softirq?: Softirq;
  /** Is told the last packet of each poll that ended. */
  readonly reportPoll?: (lastPacket: number) => void;
  /** Is told of skbs that the core delivered, where the sink wants no more of them than their reason. */
  readonly tally?: (reason: number, skbs: number) => void;
}

const REASONS_OF_POLLS: FlushReasons = { pollEnd: REASON['poll-end'], captureEnd: REASON['capture-end'] };

export function createLane(
  table: PacketTable,
  options: EngineOptions,
  poll: PollSpec,
  sink: SkbSink,
  extras: LaneExtras = {},
): Lane {
  let packets = 0;
  const { reportPoll, tally } = extras;
  const softirq = extras.softirq ?? createSoftirq(NO_CYCLES, 1);
  const engine = createEngine(table, options, movesClock(poll) ? timedSink(table, sink, softirq) : sink);
  const usual =
    tally === undefined || reportPoll !== undefined
      ? undefined
      : coreTarget(table, engine, (log) => {
          const take: TakeSkbs = (reason, _segments, _payload, _frameBytes, times, polls) =>
            tally(reason, times * Math.max(1, polls));
          return {
            count(taken) {
              packets += taken;
            },
            deliver: (entries) => log.read(0, entries, take),
          };
        });
  const counted: PollTarget = {
    usual,
    receive(from, to) {
      packets += to - from;
      engine.receive(from, to);
    },
    flushAll: engine.flushAll,
    beginTick: engine.aging?.beginTick,
    flushOld: engine.aging?.flushOld,
  };
  const { pollEnd } = REASONS_OF_POLLS;
  const target = reportPoll === undefined ? counted : reportBoundaries(table, counted, pollEnd, reportPoll);
  const model = createPollModel(poll, target, REASONS_OF_POLLS, softirq);
  return {
    run: model.run,
    finish: model.finish,
    stats() {
      const { counters } = engine;
      return {
        ...counters,
        packets,
        // Every packet either entered a slot or was delivered alone.
        delivered: counters.flushed + packets - counters.aggregated,
        polls: model.polls(),
        dropped: model.dropped(),
        interrupts: model.interrupts(),
        holdTimes: model.holdTimes(),
      };
    },
  };
}

/** Runs the whole capture through one engine. */
export async function coalesce(
  session: Session,
  options: EngineOptions,
  poll: PollSpec,
  sink: SkbSink,
  afterBlock?: () => undefined | Promise<void>,
  signal?: AbortSignal,
  extras?: LaneExtras,
): Promise<CoalesceStats> {
  const lane = createLane(session.table, options, poll, sink, extras);
  await session.run((table) => {
    lane.run(table);
    return afterBlock?.();
  }, signal);
  lane.finish();
  return lane.stats();
}
