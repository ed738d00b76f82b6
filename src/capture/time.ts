/**
 * Time stamps of pcapng: 64-bit counts of a unit that each interface chooses, turned into ns since the
 * first packet without BigInt per packet for every unit in use (10^-9 and coarser, 2^-32 and coarser).
 */

export interface TickClock {
  /** Ticks (two 32-bit halves) to ns since the first packet of the file. Fractions of a ns are cut off. */
  toNs(high: number, low: number): number;
  /** Where ns are a multiple of ticks: (ticks - base) * nsPerTick - restNs, for loops that compute it in place. */
  readonly linear: LinearClock | null;
}

export interface LinearClock {
  /** Halves of the tick count at the whole second before the first packet. */
  readonly baseHigh: number;
  readonly baseLow: number;
  readonly nsPerTick: number;
  /** From that second to the first packet. */
  readonly restNs: number;
}

/** Absolute time of a tick count, ns since 1970. */
export function absoluteNs(high: number, low: number, resolution: number, offsetSeconds: bigint): bigint {
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  return offsetSeconds * 1_000_000_000n + (ticks * 1_000_000_000n) / ticksPerSecond(resolution);
}

/** if_tsresol: the top bit tells 2^-n from 10^-n. */
function ticksPerSecond(resolution: number): bigint {
  const exponent = BigInt(resolution & 0x7f);
  return (resolution & 0x80) !== 0 ? 2n ** exponent : 10n ** exponent;
}

/**
 * A clock for one interface. `firstNs` is the absolute time of the first packet of the file;
 * all arithmetic is relative to the whole second before it, which keeps it exact in doubles for 104 days.
 */
export function createTickClock(resolution: number, offsetSeconds: bigint, firstNs: bigint): TickClock {
  const floorSecond = firstNs / 1_000_000_000n;
  const restNs = Number(firstNs % 1_000_000_000n);
  const base = (floorSecond - offsetSeconds) * ticksPerSecond(resolution);
  const baseHigh = Number(base >> 32n);
  const baseLow = Number(base & 0xffffffffn);
  const exponent = resolution & 0x7f;

  if ((resolution & 0x80) === 0 && exponent <= 9) {
    const nsPerTick = 10 ** (9 - exponent);
    return {
      linear: { baseHigh, baseLow, nsPerTick, restNs },
      toNs: (high, low) => ((high - baseHigh) * 0x100000000 + (low - baseLow)) * nsPerTick - restNs,
    };
  }
  if ((resolution & 0x80) !== 0 && exponent <= 32) {
    const perSecond = 2 ** exponent;
    // fraction * 10^9 / 2^n = fraction * 5^9 / 2^(n-9): both factors stay below 2^53, so the floor is exact.
    const scale = 2 ** (exponent - 9);
    return {
      linear: null,
      toNs(high, low) {
        const ticks = (high - baseHigh) * 0x100000000 + (low - baseLow);
        const seconds = Math.floor(ticks / perSecond);
        const fraction = ticks - seconds * perSecond;
        return seconds * 1e9 + Math.floor((fraction * 1_953_125) / scale) - restNs;
      },
    };
  }
  return {
    linear: null,
    toNs: (high, low) => Number(absoluteNs(high, low, resolution, offsetSeconds) - firstNs),
  };
}
