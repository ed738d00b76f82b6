/** `analyze explain --path`: what the Xen path did and what it cost, as tables with a column for each configuration. */
import type { ResultRecord } from '../replay/result.ts';
import { fixed } from './format.ts';
import { type PathSummary, pathSummaries } from './path-summary.ts';
import { stageRows } from './stages.ts';
import { assumptions, openingSentence } from './terminal.ts';
import { PLAIN, styled, type TextLook } from './text-look.ts';
import { renderTable, wrap } from './text-table.ts';

/** A quantity of the path: its name, and its value in one configuration. */
export type PathRow = readonly [name: string, of: (one: PathSummary) => number | null];

export const COPIES: readonly PathRow[] = [
  ['linearised between bridge and vif', ({ copiesPerByte }) => copiesPerByte.linearise],
  ['software copy in netback', ({ copiesPerByte }) => copiesPerByte.netback],
  ['grant copy by the hypervisor', ({ copiesPerByte }) => copiesPerByte.grantCopy],
  ['Domain0, together', ({ copiesPerByte }) => copiesPerByte.domain0],
  ['guest, to user space', ({ copiesPerByte }) => copiesPerByte.toUser],
];

export const PER_SKB: readonly PathRow[] = [
  ['received packets', ({ perSkb }) => perSkb.packets],
  ['allocations: linear buffers', ({ perSkb }) => perSkb.linearBuffers],
  ...[0, 1, 2, 3, 4, 5].map(
    (order): PathRow => [
      `  of page order ${order}${order === 5 ? ' or more' : ''}`,
      ({ perSkb }) => perSkb.linearBuffersByOrder[order] ?? null,
    ],
  ),
  ['allocations: heads in netback', ({ perSkb }) => perSkb.netbackHeads],
  ['allocations: pages in netback', ({ perSkb }) => perSkb.netbackPages],
  ['ring slots', ({ perSkb }) => perSkb.slots],
  ['page flips', ({ perSkb }) => perSkb.pageFlips],
  ['grant-copy operations', ({ perSkb }) => perSkb.grantCopyOperations],
  ['hypercalls', ({ perSkb }) => perSkb.hypercalls],
  ['notifications, at most', ({ perSkb }) => perSkb.notifications],
  ['ACKs of the guest', ({ perSkb }) => perSkb.acks],
  ['dropped for want of a linear buffer', ({ perSkb }) => perSkb.dropped],
];

/** Rows that are 0 in every configuration are left out of the second table. */
export function renderPathTables(record: ResultRecord, look: TextLook = PLAIN): string {
  const summaries = pathSummaries(record);
  const names = summaries.map((one) => one.configuration);
  const row = ([name, of]: PathRow, decimals: number): string[] => [
    name,
    ...summaries.map((one) => fixed(of(one), decimals, '-')),
  ];
  const occurring = PER_SKB.filter(([, of]) => summaries.some((one) => of(one) !== 0));
  const tables = [
    { header: ['Copies of a payload byte', ...names], rows: COPIES.map((one) => row(one, 3)) },
    { header: ['For each skb', ...names], rows: occurring.map((one) => row(one, 3)) },
    ...(['Domain0', 'DomainU'] as const).map((domain) => ({
      header: [`${domain}, cycles per byte`, ...names],
      rows: [
        ...stageRows(record, domain).map(({ stage, values }) => [
          stage === 'unexplained' ? 'unexplained, not in the total' : stage,
          ...values.map((value) => fixed(value, 2, '-')),
        ]),
        row(['total', (one) => (domain === 'Domain0' ? one.domain0 : one.domainU).cyclesPerByte], 2),
      ],
    })),
  ];
  return `${[styled('strong', wrap(openingSentence(record), '', look), look), ...tables.map((table) => renderTable(table, look)), assumptions(record, look)].join('\n\n')}\n`;
}
