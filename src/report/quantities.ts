/** What can be read off one configuration as a number: the columns of a sweep, and what its charts show. */
import type { ConfigurationResult } from '../replay/result.ts';

export interface Quantity {
  /** On the command line and in file names. */
  readonly id: string;
  readonly name: string;
  readonly unit: string | null;
  readonly decimals: number;
  /** Whether more of it is what one wants; null where that cannot be said. */
  readonly more: 'better' | 'worse' | null;
  readonly of: (one: ConfigurationResult) => number | null;
}

const counter = (
  id: string,
  name: string,
  more: Quantity['more'],
  of: (counters: ConfigurationResult['counters']) => number | null,
): Quantity => ({ id, name, unit: null, decimals: 0, more, of: ({ counters }) => of(counters) });

const cycles = (id: string, name: string, of: (one: ConfigurationResult) => number | null): Quantity => ({
  id,
  name,
  unit: 'cycles/byte',
  decimals: 3,
  more: 'worse',
  of,
});

const held = (id: 'meanUs' | 'p50Us' | 'p99Us' | 'maxUs', name: string): Quantity => ({
  id: `latency-${name}`,
  name: `Latency ${name}`,
  unit: 'µs',
  decimals: 1,
  more: 'worse',
  of: ({ latency }) => latency?.[id] ?? null,
});

export const QUANTITIES: readonly Quantity[] = [
  {
    id: 'lro-rate',
    name: 'LRO rate',
    unit: 'packets',
    decimals: 3,
    more: 'better',
    of: (one) => one.lroRate,
  },
  {
    id: 'throughput',
    name: 'Predicted throughput',
    unit: 'Mbps',
    decimals: 2,
    more: 'better',
    of: (one) => one.predictedThroughputMbps,
  },
  cycles('domain0', 'Domain0', (one) => one.domain0.cyclesPerByte),
  cycles('domainU', 'DomainU', (one) => one.domainU.cyclesPerByte),
  cycles('unexplained', 'Unexplained DomainU', (one) => one.unexplainedDomainUCyclesPerByte),
  held('meanUs', 'mean'),
  held('p50Us', 'p50'),
  held('p99Us', 'p99'),
  held('maxUs', 'max'),
  counter('polls', 'Polls', null, ({ polls }) => polls),
  counter('interrupts', 'Interrupts', 'worse', ({ interrupts }) => interrupts),
  counter('dropped', 'Dropped packets', 'worse', ({ dropped }) => dropped),
];

/** Name and unit, as an axis or a column has them. */
export function titleOf({ name, unit }: Quantity): string {
  return unit === null ? name : `${name} (${unit})`;
}

/** Throws for an id that no quantity has. */
export function quantityOf(id: string): Quantity {
  const quantity = QUANTITIES.find((known) => known.id === id);
  if (quantity === undefined) throw new Error(`there is no quantity ${id}`);
  return quantity;
}
