/** The options of `--poll napi`: a NIC preset, single values over it, and the processor. */
import type { Options } from 'yargs';
import type { ModerationSpec } from '../nic/moderation.ts';
import type { NapiSpec } from '../nic/napi-state.ts';
import { DEFAULT_NIC, NIC_NAMES, type NicName, nicPreset } from '../nic/presets.ts';
import type { Pace } from '../replay/pace.ts';
import type { NicSummary } from '../replay/result.ts';
import { decimalNumber, UsageError, wholeNumber } from './usage.ts';

export interface RawNicOptions {
  readonly nic: NicName | undefined;
  readonly 'rx-usecs': string | undefined;
  readonly 'rx-frames': string | undefined;
  readonly 'rx-timer': 'first' | 'last' | undefined;
  readonly ring: string | undefined;
  readonly weight: string | undefined;
  readonly 'cpu-ghz': string | undefined;
  readonly 'irq-latency': string | undefined;
  readonly 'poll-share': string | undefined;
  readonly 'after-flush': 'interrupt' | 'poll' | undefined;
}

/** Assumed: the middle of the clocks that machines of the study's time had, 1.6 to 3.0 GHz. */
const CPU_GHZ = '2.3';
/** Assumed: some 5000 cycles for an interrupt that the hypervisor delivers as an event, at 2.3 GHz. */
const INTERRUPT_LATENCY_US = '2';
/** All of it: the upper bound. */
const PER_PACKET_SHARE = '1';

const LONGEST_US = 1_000_000;
const LARGEST_RING = 65_536;

const DEFINITIONS = {
  nic: { describe: `NIC preset (default: ${DEFAULT_NIC}), see analyze profiles`, choices: NIC_NAMES },
  'rx-usecs': { describe: 'µs until the interrupt, 0: only frames count', type: 'string' },
  'rx-frames': { describe: 'packets until the interrupt, 0: only time counts', type: 'string' },
  'rx-timer': { describe: 'rx-usecs runs from the first or the last packet', choices: ['first', 'last'] },
  ring: { describe: 'descriptors of the receive ring', type: 'string' },
  weight: { describe: 'most packets of one poll', type: 'string' },
  'cpu-ghz': { describe: `clock of the driver domain (default: ${CPU_GHZ})`, type: 'string' },
  'irq-latency': {
    describe: `µs from interrupt to poll (default: ${INTERRUPT_LATENCY_US})`,
    type: 'string',
  },
  'poll-share': {
    describe: `share of the cycles per packet inside the poll, 0 to 1 (default: ${PER_PACKET_SHARE})`,
    type: 'string',
  },
  'after-flush': {
    describe: 'what arrives during a flush waits for the interrupt (default), or is polled at once',
    choices: ['interrupt', 'poll'],
  },
} as const satisfies Readonly<Record<keyof RawNicOptions, Options>>;

const GROUP = 'With --poll napi:';

/** For options of other parts that a command needs only for `napi`. */
export function inNicGroup(options: Readonly<Record<string, Options>>): Readonly<Record<string, Options>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, group: GROUP }]),
  );
}

export const NIC_OPTIONS = inNicGroup(DEFINITIONS);

export const PACE_OPTION = inNicGroup({
  pace: {
    describe: 'arrivals: capture (its times), cpu (the rate that is predicted), or Mbit/s of goodput',
    type: 'string',
  },
});

export function parsePace(text: string | undefined): Pace {
  if (text === undefined || text === 'capture') return { kind: 'capture' };
  if (text === 'cpu') return { kind: 'cpu' };
  if (!/^[\d.]+$/.test(text)) {
    throw new UsageError(`--pace: '${text}' is neither capture, cpu nor a goodput in Mbit/s`);
  }
  return { kind: 'fixed', mbps: decimalNumber('--pace', text, 0.001, 10_000_000) };
}

/** The first of these options that the user gave; `allowed` are those that other things use, too. */
export function givenNicOption(
  raw: RawNicOptions,
  allowed: readonly (keyof RawNicOptions)[] = [],
): keyof RawNicOptions | undefined {
  const names = Object.keys(DEFINITIONS) as (keyof RawNicOptions)[];
  return names.find((name) => raw[name] !== undefined && !allowed.includes(name));
}

/** Throws a UsageError if one of these options is given though nothing polls by `napi`; `allowed` are those of others. */
export function refuseNicOptions(raw: RawNicOptions, allowed: readonly (keyof RawNicOptions)[] = []): void {
  const given = givenNicOption(raw, allowed);
  if (given !== undefined) throw new UsageError(`--${given} counts only with --poll napi`);
}

export function resolveNic(raw: RawNicOptions): NapiSpec {
  const preset = nicPreset(raw.nic ?? DEFAULT_NIC);
  return {
    kind: 'napi',
    nic: preset.name,
    moderation: moderationOf(preset.moderation.value, raw),
    ringPackets:
      raw.ring === undefined ? preset.ringPackets.value : wholeNumber('--ring', raw.ring, 1, LARGEST_RING),
    weight:
      raw.weight === undefined ? preset.weight.value : wholeNumber('--weight', raw.weight, 1, LARGEST_RING),
    cpuGhz: decimalNumber('--cpu-ghz', raw['cpu-ghz'] ?? CPU_GHZ, 0.001, 1000),
    interruptLatencyUs: decimalNumber(
      '--irq-latency',
      raw['irq-latency'] ?? INTERRUPT_LATENCY_US,
      0,
      LONGEST_US,
    ),
    perPacketShare: decimalNumber('--poll-share', raw['poll-share'] ?? PER_PACKET_SHARE, 0, 1),
    afterFlush: raw['after-flush'] ?? 'interrupt',
    timeScale: 1,
  };
}

/** A value of the command line replaces that of the preset; over a preset with interrupt rates it starts from 0. */
function moderationOf(preset: ModerationSpec, raw: RawNicOptions): ModerationSpec {
  const { 'rx-usecs': usecs, 'rx-frames': frames, 'rx-timer': timer } = raw;
  if (usecs === undefined && frames === undefined && timer === undefined) return preset;
  if (preset.kind !== 'coalesce' && usecs === undefined && frames === undefined) {
    throw new UsageError('--rx-timer counts only with --rx-usecs, as this NIC limits the rate of interrupts');
  }
  const from = preset.kind === 'coalesce' ? preset : { rxUsecs: 0, rxFrames: 0, timer: 'first' as const };
  return {
    kind: 'coalesce',
    rxUsecs: usecs === undefined ? from.rxUsecs : decimalNumber('--rx-usecs', usecs, 0, LONGEST_US),
    rxFrames: frames === undefined ? from.rxFrames : wholeNumber('--rx-frames', frames, 0, LARGEST_RING),
    timer: timer ?? from.timer,
  };
}

/** What holds for those of these options that are not given, as they would be given. */
export function unstatedNicValues(raw: Partial<RawNicOptions>): {
  readonly ofPreset: Readonly<Record<string, string>>;
  readonly ofProgram: Readonly<Record<string, string>>;
} {
  const { moderation, ringPackets, weight, afterFlush } = resolveNic(raw as RawNicOptions);
  const coalescing =
    moderation.kind === 'coalesce'
      ? {
          'rx-usecs': String(moderation.rxUsecs),
          'rx-frames': String(moderation.rxFrames),
          'rx-timer': moderation.timer,
        }
      : {};
  return {
    ofPreset: { ...coalescing, ring: String(ringPackets), weight: String(weight) },
    ofProgram: {
      nic: DEFAULT_NIC,
      'cpu-ghz': CPU_GHZ,
      'irq-latency': INTERRUPT_LATENCY_US,
      'poll-share': PER_PACKET_SHARE,
      'after-flush': afterFlush,
    },
  };
}

export function nicSummary(spec: NapiSpec): NicSummary {
  const { nic, moderation, ringPackets, weight, cpuGhz, interruptLatencyUs, perPacketShare, afterFlush } =
    spec;
  return {
    preset: nic,
    moderation: describeModeration(moderation),
    ringPackets,
    weight,
    cpuGhz,
    interruptLatencyUs,
    perPacketShare,
    afterFlush,
  };
}

/** One line for people. */
export function describeNapi(spec: NapiSpec): string {
  const parts = [
    `NIC ${spec.nic}: ${describeModeration(spec.moderation)}`,
    `ring ${spec.ringPackets}`,
    `weight ${spec.weight}`,
    `driver domain at ${spec.cpuGhz} GHz`,
    `${spec.interruptLatencyUs} µs from interrupt to poll`,
    `${Math.round(spec.perPacketShare * 100)} % of the cycles per packet inside the poll`,
    ...(spec.afterFlush === 'poll' ? ['the ring looked at again after the flush'] : []),
  ];
  return parts.join(', ');
}

export function describeModeration(spec: ModerationSpec): string {
  switch (spec.kind) {
    case 'coalesce': {
      const time = `${spec.rxUsecs} µs after the ${spec.timer} packet`;
      const frames = `when ${spec.rxFrames} wait`;
      if (spec.rxUsecs > 0 && spec.rxFrames > 0) return `interrupt ${frames} or ${time}`;
      if (spec.rxUsecs > 0) return `interrupt ${time}`;
      return spec.rxFrames > 0 ? `interrupt ${frames}` : 'no moderation';
    }
    case 'interval':
      return `at most one interrupt in ${spec.intervalUs} µs`;
    case 'dynamic': {
      const { lowest, low, bulk } = spec.itr.ratePerSecond;
      return `dynamic interrupt rate (${spec.itr.rule}): ${lowest}, ${low}, ${bulk} interrupts/s`;
    }
  }
}
