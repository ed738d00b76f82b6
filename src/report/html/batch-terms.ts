/** What each number of the page of a batch is. Keys of distributions are `quantity.statistic`. */
import {
  BATCH_QUANTITIES,
  type BatchQuantity,
  FENCE,
  LEAST_FOR_OUTLIERS,
  type Spread,
} from '../batch-distribution.ts';
import { allTerms, type Term } from './terms.ts';

const OF_QUANTITIES: Readonly<
  Record<BatchQuantity['id'], { readonly unit: string; readonly definition: string }>
> = {
  'lro-rate': {
    unit: 'packets per skb',
    definition: 'LRO rate: TCP data packets on the wire, divided by the skbs that carried them up the stack.',
  },
  'domain0-saved': {
    unit: '%',
    definition:
      'Saved: how much less than Xen, which merges nothing, the configuration needs in cycles of the driver domain for each byte of goodput. Below 0 it needs more.',
  },
  'throughput-gained': {
    unit: '%',
    definition:
      'Gained: how much more than for Xen, which merges nothing, the throughput law predicts for the configuration. Below 0 it is less.',
  },
};

type Statistic = keyof Spread | 'value' | 'fence';

const STATISTICS: Readonly<Record<Statistic, readonly [name: string, definition: string]>> = {
  minimum: ['minimum', 'The least of all captures.'],
  lowerQuartile: [
    'lower quartile',
    'A quarter of the captures have less; linear between the nearest values.',
  ],
  median: ['median', 'Half of the captures have less; linear between the nearest values.'],
  upperQuartile: [
    'upper quartile',
    'A quarter of the captures have more; linear between the nearest values.',
  ],
  maximum: ['maximum', 'The most of all captures.'],
  value: ['of one capture', 'What stands on the page of the capture, too.'],
  fence: [
    'fence',
    `The nearer quartile, and ${FENCE} times the distance between the quartiles further out: what is beyond is an outlier.`,
  ],
};

const OTHERS: Readonly<Record<string, Term>> = {
  captures: {
    name: 'Captures',
    unit: 'captures',
    definition: 'Captures of the batch that have this number: those with TCP data that a receiver got.',
  },
  'capture-packets': {
    name: 'Packets',
    unit: 'packets',
    definition: 'Packets in the capture, received or not, TCP or not.',
  },
  'most-packets-reason': {
    name: 'Main reason',
    unit: null,
    definition:
      'The rule that ended the merge of most packets of the capture, and their share of its packets.',
  },
  'stands-out': {
    name: 'Stands out',
    unit: null,
    definition: `The quantities in which the capture is an outlier, with ${LEAST_FOR_OUTLIERS} captures or more: ${FENCE} times the distance between the quartiles beyond the nearer of them.`,
  },
};

export function batchTerm(quantity: BatchQuantity, statistic: Statistic): string {
  return `${quantity.id}.${statistic}`;
}

/** With those of all pages. */
export function batchTerms(): Readonly<Record<string, Term>> {
  const ofQuantities = BATCH_QUANTITIES.flatMap((quantity) =>
    (Object.keys(STATISTICS) as Statistic[]).map((statistic): [string, Term] => {
      const [name, definition] = STATISTICS[statistic];
      const { unit, definition: what } = OF_QUANTITIES[quantity.id];
      return [
        batchTerm(quantity, statistic),
        { name: `${quantity.name}, ${name}`, unit, definition: `${definition} ${what}` },
      ];
    }),
  );
  return { ...Object.fromEntries(ofQuantities), ...OTHERS, ...allTerms() };
}
