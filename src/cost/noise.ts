/** Normal noise from a seed: the same seed gives the same numbers on every machine. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of independent standard normal numbers (Box and Muller, 1958). */
export function normalNoise(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => {
    // 1 − u is above 0, so that its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    return radius * Math.cos(2 * Math.PI * uniformFloat64(generator));
  };
}

/** The value below which `share` of the sorted numbers lie (linear interpolation between neighbours). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}
