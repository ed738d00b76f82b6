/** The options of `--poll veth`: the kernel's settings by its own names and units, and the latencies of the machine. */
import type { Options } from 'yargs';
import { VETH_DEFAULTS, type VethSpec } from '../nic/veth.ts';
import type { RawNicOptions } from './nic-options.ts';
import { decimalNumber, UsageError, wholeNumber } from './usage.ts';

export interface RawVethOptions {
  readonly 'gro-flush-timeout': string | undefined;
  readonly 'napi-defer-hard-irqs': string | undefined;
  readonly hz: string | undefined;
  readonly 'timer-latency': string | undefined;
  readonly 'awake-share': string | undefined;
}

const GROUP = 'With --poll veth (and --weight, --irq-latency):';
const LARGEST_COUNT = 1_000_000_000;
const LARGEST_WEIGHT = 65_536;
const LONGEST_US = 1_000_000;

const DEFINITIONS = {
  'gro-flush-timeout': { describe: 'ns until a timer polls; 0: no timer (default)', type: 'string' },
  'napi-defer-hard-irqs': {
    describe: 'polls without packets left to the timer (default: 0)',
    type: 'string',
  },
  hz: { describe: `clock ticks a second (default: ${VETH_DEFAULTS.hz})`, type: 'string' },
  'timer-latency': {
    describe: `µs from timer to poll if the processor sleeps (default: ${VETH_DEFAULTS.timerLatencyNs / 1000})`,
    type: 'string',
  },
  'awake-share': {
    describe: `share of timers that find it awake, 0 to 1 (default: ${VETH_DEFAULTS.awakeShare})`,
    type: 'string',
  },
} as const satisfies Readonly<Record<keyof RawVethOptions, Options>>;

export const VETH_OPTIONS: Readonly<Record<string, Options>> = Object.fromEntries(
  Object.entries(DEFINITIONS).map(([name, option]) => [name, { ...option, group: GROUP, requiresArg: true }]),
);

/** Throws a UsageError if one of these options is given with other polls. */
export function refuseVethOptions(raw: RawVethOptions): void {
  const names = Object.keys(DEFINITIONS) as (keyof RawVethOptions)[];
  const given = names.find((name) => raw[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} counts only with --poll veth`);
}

/** Checks and converts; throws a UsageError that names the option. */
export function resolveVeth(raw: RawVethOptions & Pick<RawNicOptions, 'weight' | 'irq-latency'>): VethSpec {
  const count = (name: 'gro-flush-timeout' | 'napi-defer-hard-irqs', most: number): number =>
    wholeNumber(`--${name}`, raw[name] ?? '0', 0, most);
  const micros = (name: 'irq-latency' | 'timer-latency', defaultNs: number): number => {
    const text = raw[name];
    return text === undefined ? defaultNs : decimalNumber(`--${name}`, text, 0, LONGEST_US) * 1000;
  };
  const { hz, weight, awakeShare, interruptLatencyNs, timerLatencyNs } = VETH_DEFAULTS;
  const spec: VethSpec = {
    kind: 'veth',
    groFlushTimeoutNs: count('gro-flush-timeout', LONGEST_US * 1000),
    napiDeferHardIrqs: count('napi-defer-hard-irqs', LARGEST_COUNT),
    hz: raw.hz === undefined ? hz : wholeNumber('--hz', raw.hz, 1, 100_000),
    weight: raw.weight === undefined ? weight : wholeNumber('--weight', raw.weight, 1, LARGEST_WEIGHT),
    interruptLatencyNs: micros('irq-latency', interruptLatencyNs),
    timerLatencyNs: micros('timer-latency', timerLatencyNs),
    awakeShare:
      raw['awake-share'] === undefined
        ? awakeShare
        : decimalNumber('--awake-share', raw['awake-share'], 0, 1),
  };
  if (spec.groFlushTimeoutNs === 0 && spec.napiDeferHardIrqs > 0) {
    throw new UsageError('--napi-defer-hard-irqs needs a --gro-flush-timeout: no timer would poll');
  }
  return spec;
}

/** One line for people. */
export function describeVeth(spec: VethSpec): string {
  const { groFlushTimeoutNs, napiDeferHardIrqs, hz, weight, interruptLatencyNs, timerLatencyNs, awakeShare } =
    spec;
  const timer =
    groFlushTimeoutNs === 0
      ? ['no gro_flush_timeout']
      : [
          `gro_flush_timeout ${groFlushTimeoutNs} ns`,
          `napi_defer_hard_irqs ${napiDeferHardIrqs}`,
          `HZ ${hz}`,
          `timers ${timerLatencyNs / 1000} µs late, ${Math.round(awakeShare * 100)} % of them on time while arrivals start polls`,
        ];
  return [
    `NAPI without hardware: a poll ${interruptLatencyNs / 1000} µs after an arrival`,
    `weight ${weight}`,
    ...timer,
  ].join(', ');
}
