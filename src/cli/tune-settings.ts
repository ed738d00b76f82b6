/** The settings that `analyze tune` tries, and the commands that make a machine use them. */
import type { ModerationSpec } from '../nic/moderation.ts';
import type { EngineName } from '../replay/coalesce.ts';
import type { SweepParameter } from '../replay/sweep-result.ts';
import type { Candidate } from '../replay/tune.ts';
import { UsageError } from './usage.ts';

/** Assumed: what interfaces take, closer together where it matters more. */
const RX_USECS = ['10', '20', '30', '50', '75', '100', '150', '250'];
/** 0: time alone decides. */
const RX_FRAMES = ['0', '8', '16', '32'];

/** Of `--vary`: both lists, or the usual one for what is not named. */
export function gridOf(parameters: readonly SweepParameter[]): {
  usecs: readonly string[];
  frames: readonly string[];
} {
  const other = parameters.find(({ name }) => name !== 'rx-usecs' && name !== 'rx-frames');
  if (other !== undefined) {
    throw new UsageError(
      `--vary: tune chooses among rx-usecs and rx-frames; ${other.name} is for analyze sweep`,
    );
  }
  const valuesOf = (name: string): readonly string[] | undefined =>
    parameters.find((parameter) => parameter.name === name)?.values;
  return { usecs: valuesOf('rx-usecs') ?? RX_USECS, frames: valuesOf('rx-frames') ?? RX_FRAMES };
}

export interface Machine {
  readonly interfaceName: string;
  readonly engine: EngineName;
  /** Of the preset. */
  readonly moderation: ModerationSpec;
}

/** The default first; then an interrupt for each packet, and the grid; last what of it differs without merging. */
export function candidatesOf(
  { usecs, frames }: { usecs: readonly string[]; frames: readonly string[] },
  machine: Machine,
): Candidate[] {
  const grid = usecs.flatMap((rxUsecs) => frames.map((rxFrames) => ({ rxUsecs, rxFrames })));
  const moderated = [
    { rxUsecs: '0', rxFrames: '1' },
    ...grid.filter(({ rxUsecs, rxFrames }) => Number(rxUsecs) > 0 || Number(rxFrames) > 1),
  ];
  // Without merging frames change little but latency, so time alone is tried.
  const least = frames.includes('0') ? '0' : frames[0]!;
  const unmerged = moderated.filter(({ rxUsecs, rxFrames }) => rxUsecs === '0' || rxFrames === least);
  const preset = { rxUsecs: null, rxFrames: null };
  return [
    ...[preset, ...moderated].map((one) => ({ ...one, merging: true })),
    ...[preset, ...unmerged].map((one) => ({ ...one, merging: false })),
  ].map((setting) => ({ ...setting, commands: commandsOf(setting, machine) }));
}

function commandsOf(
  { rxUsecs, rxFrames, merging }: Omit<Candidate, 'commands'>,
  { interfaceName, engine, moderation }: Machine,
): string[] {
  const lines: string[] = [];
  if (rxUsecs !== null && rxFrames !== null) {
    const adaptive = moderation.kind === 'dynamic' ? 'adaptive-rx off ' : '';
    lines.push(`ethtool -C ${interfaceName} ${adaptive}rx-usecs ${rxUsecs} rx-frames ${rxFrames}`);
  }
  const offload = engine === 'linux-gro' ? 'gro' : 'lro';
  lines.push(`ethtool -K ${interfaceName} ${offload} ${merging ? 'on' : 'off'}`);
  if (engine === 'linux-gro' && merging) {
    // The engine flushes at the end of each poll, which is what 0 means.
    lines.push(`echo 0 > /sys/class/net/${interfaceName}/gro_flush_timeout`);
  }
  return lines;
}

/** Names that Linux allows and a shell takes as they are. */
export function checkedInterface(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}$/.test(name)) return name;
  throw new UsageError(`--interface: '${name}' is no name of a network interface`);
}
