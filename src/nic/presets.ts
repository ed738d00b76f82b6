/**
 * NIC presets: what the drivers of some network cards set for the receive path, each value with its source. `read`:
 * in the driver's source code; `assumed`: an estimate of ours. docs/polls.md shows them as a table.
 */
import type { DynamicItrSpec } from './dynamic-itr.ts';
import type { ModerationSpec } from './moderation.ts';

export interface Cited<Value> {
  readonly value: Value;
  readonly grade: 'read' | 'assumed';
  readonly source: string;
}

export interface NicPreset {
  readonly name: string;
  readonly moderation: Cited<ModerationSpec>;
  /** Most packets that one poll takes. */
  readonly weight: Cited<number>;
  /** Descriptors of the receive ring. */
  readonly ringPackets: Cited<number>;
  /** What the driver gives inet_lro, as a remark: it changes no option. Null where it has no LRO of that kind. */
  readonly lro: Cited<string> | null;
  /** What the preset leaves out. */
  readonly note: string;
}

function read<Value>(value: Value, source: string): Cited<Value> {
  return { value, grade: 'read', source };
}

function assumed<Value>(value: Value, source: string): Cited<Value> {
  return { value, grade: 'assumed', source };
}

function coalesce(rxUsecs: number, rxFrames: number): ModerationSpec {
  return { kind: 'coalesce', rxUsecs, rxFrames, timer: 'first' };
}

function dynamic(
  rule: DynamicItrSpec['rule'],
  lowest: number,
  low: number,
  bulk: number,
  start: number,
): ModerationSpec {
  return {
    kind: 'dynamic',
    itr: { rule, ratePerSecond: { lowest, low, bulk }, startRatePerSecond: start },
  };
}

const WEIGHT_64 = read(64, 'NAPI weight of the driver, Linux 2.6.18 to 4.1');
const WEIGHT_64_DEFAULT = read(64, 'default weight of NAPI (weight_p), Linux 4.1');
const RING = assumed(256, 'a common ring size; the driver default was not looked up');

const PRESETS = [
  {
    name: 'tg3',
    moderation: read(
      coalesce(20, 5),
      'drivers/net/tg3, Linux 2.6.18 and 4.1: 20 µs with tagged status, 5 frames',
    ),
    weight: WEIGHT_64,
    ringPackets: RING,
    lro: null,
    note: 'The timer runs from the first packet (assumed). By the name of a flag the chip clears it at each packet: --rx-timer last. Without tagged status it is 50 µs. Other values while the interrupt is masked (20 or 25 µs, 5 frames) are not modelled.',
  },
  {
    name: 'e1000',
    moderation: read(
      { kind: 'interval', intervalUs: 125 },
      'drivers/net/e1000, Linux 2.6.18: fixed ITR of 8000 interrupts/s',
    ),
    weight: WEIGHT_64,
    ringPackets: RING,
    lro: null,
    note: 'RxIntDelay is 0, so that RxAbsIntDelay (128 × 1.024 µs) has no effect.',
  },
  {
    name: 'e1000-dynamic',
    moderation: read(
      dynamic('e1000', 70_000, 20_000, 4000, 20_000),
      'e1000 commit 835bb12983 (Nov 2006): 70000, 20000, 4000 interrupts/s; the start at 20000 is assumed',
    ),
    weight: WEIGHT_64,
    ringPackets: RING,
    lro: null,
    note: 'Published state machine of docs/polls.md. Bytes are frame bytes without FCS; transmitted packets do not count.',
  },
  {
    name: 'igb',
    moderation: assumed(
      dynamic('e1000', 70_000, 20_000, 4000, 6000),
      'drivers/net/igb, Linux 4.1: levels of 70000, 20000, 4000 interrupts/s and a start near 6000 are read; the rule between levels is taken from e1000',
    ),
    weight: WEIGHT_64_DEFAULT,
    ringPackets: RING,
    lro: read('max_desc 8, max_aggr 32', 'drivers/net/igb, Linux 2.6.28-rc4'),
    note: 'One queue.',
  },
  {
    name: 'ixgbe',
    moderation: read(
      dynamic('bytes-per-us', 100_000, 20_000, 8000, 20_000),
      'drivers/net/ixgbe, Linux 4.1: 100000, 20000, 8000 interrupts/s by bytes per µs (thresholds 10 and 20); the start at 20000 is assumed, and that the time is that between two interrupts',
    ),
    weight: WEIGHT_64_DEFAULT,
    ringPackets: RING,
    lro: read('max_desc 8, max_aggr 32', 'drivers/net/ixgbe, Linux 2.6.28-rc4'),
    note: 'One queue; receive side coalescing of the hardware is off.',
  },
  {
    name: 'bnx2',
    moderation: read(
      coalesce(18, 6),
      'drivers/net/bnx2, Linux 2.6.18 and 2.6.28: 18 µs, 6 frames (12 frames in 4.1)',
    ),
    weight: WEIGHT_64,
    ringPackets: RING,
    lro: null,
    note: 'The timer runs from the first packet (assumed).',
  },
  {
    name: 'sky2',
    moderation: assumed(
      coalesce(20, 16),
      'drivers/net/sky2: status timers of 20 µs (interrupt) and 100 µs (level), FIFO watermark 16 are read; that they act like 20 µs or 16 frames is assumed',
    ),
    weight: WEIGHT_64,
    ringPackets: RING,
    lro: null,
    note: 'The level timer is not modelled.',
  },
  {
    name: 'mv643xx',
    moderation: read(coalesce(250, 0), 'drivers/net/mv643xx_eth, Linux 2.6.35: 250 µs'),
    weight: read(128, 'drivers/net/mv643xx_eth, Linux 2.6.35'),
    ringPackets: RING,
    lro: read(
      'max_desc 8, max_aggr 32, skb mode, TCP checksum verified by hardware',
      'drivers/net/mv643xx_eth, Linux 2.6.35',
    ),
    note: 'The timer runs from the first packet (assumed).',
  },
  {
    name: 'myri10ge',
    moderation: read(coalesce(75, 0), 'drivers/net/myri10ge, Linux 2.6.35: 75 µs'),
    weight: read(64, 'drivers/net/myri10ge, Linux 2.6.35'),
    ringPackets: RING,
    lro: read('max_desc 8, max_aggr 18, frags mode', 'drivers/net/myri10ge, Linux 2.6.35'),
    note: 'The timer runs from the first packet (assumed).',
  },
  {
    name: 'mlx4',
    moderation: read(coalesce(16, 44), 'drivers/net/mlx4 (mlx4_en), Linux 2.6.35: 16 µs or 44 frames'),
    weight: read(64, 'drivers/net/mlx4 (mlx4_en), Linux 2.6.35'),
    ringPackets: RING,
    lro: read('max_desc up to 32, max_aggr 18, frags mode', 'drivers/net/mlx4 (mlx4_en), Linux 2.6.35'),
    note: 'The timer runs from the first packet (assumed). Adaptive moderation is not modelled.',
  },
] as const satisfies readonly NicPreset[];

export type NicName = (typeof PRESETS)[number]['name'];

export const NIC_PRESETS: readonly NicPreset[] = PRESETS;
export const NIC_NAMES: readonly NicName[] = PRESETS.map((preset) => preset.name);

/** Assumed: the study does not name its NIC, and tg3 drove common Gigabit chips of its time. */
export const DEFAULT_NIC: NicName = 'tg3';

export function nicPreset(name: NicName): NicPreset {
  return PRESETS.find((preset) => preset.name === name)!;
}
