/** Every capture of a batch in a row: sorted and searched by the page's program. */
import type { ConfigurationResult } from '../../replay/result.ts';
import {
  BATCH_QUANTITIES,
  type BatchQuantity,
  type Distribution,
  type NamedRecord,
} from '../batch-distribution.ts';
import { grouped } from '../format.ts';
import { captureCell, mainReason, textColumn } from './batch-page.ts';
import { batchTerm } from './batch-terms.ts';
import { type Cell, type Column, tableHtml, textCell } from './markup.ts';
import { column, countCell, numberCell } from './results-section.ts';

type ConfigurationName = ConfigurationResult['name'];

/** Where the names of captures stand. */
export const CAPTURE_NAMES = '#capture-table tbody th';

/** A quantity of configurations that have it alike in every capture. */
interface Told {
  readonly quantity: BatchQuantity;
  readonly configurations: readonly ConfigurationName[];
  readonly values: ReadonlyMap<string, number>;
}

export function capturesSection(
  captures: readonly NamedRecord[],
  distributions: readonly Distribution[],
): string {
  const told = toldApart(distributions);
  const columns: Column[] = [
    textColumn('Capture'),
    column('capture-packets', 'Packets', null),
    column('data-packets', 'Data packets', null),
    column('captured-goodput', 'Captured goodput', 'Mbps'),
    ...told.map(({ quantity, configurations }) =>
      column(
        batchTerm(quantity, 'value'),
        `${quantity.name}, ${configurations.join(' and ')}`,
        quantity.id === 'lro-rate' ? 'packets/skb' : quantity.unit,
      ),
    ),
    textColumn('Main reason', 'most-packets-reason'),
    textColumn('Stands out', 'stands-out'),
    textColumn('Warnings'),
  ];
  const standsOut = outstanding(distributions);
  const row = (capture: NamedRecord): Cell[] => {
    const { name, record } = capture;
    return [
      captureCell(capture),
      countCell(record.capture.packets),
      countCell(record.receiver.dataPackets),
      numberCell(record.throughput.capturedGoodputMbps, 2),
      ...told.map(({ values }) => numberCell(values.get(name) ?? null, 2)),
      textCell(mainReason(record.configurations.find(({ engine }) => engine !== 'none'))),
      textCell([...(standsOut.get(name) ?? [])].join(', ')),
      textCell([...new Set(record.warnings.map(({ code }) => code))].join(' ')),
    ];
  };
  const table = tableHtml({
    caption: 'A name leads to the page of its capture, where there is one',
    columns,
    rows: captures.map(row),
    sortable: true,
    brief: true,
  });
  const found = `${grouped(captures.length)} ${captures.length === 1 ? 'capture' : 'captures'}`;
  return `<section aria-labelledby="captures"><h2 id="captures">All captures</h2>
<div class="tools"><label for="search">Search</label> <input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="name, reason, quantity, warning"> <output id="found" for="search" data-one="capture" data-more="captures">${found}</output></div>
<div class="tall" id="capture-table">${table}</div>
</section>`;
}

function toldApart(distributions: readonly Distribution[]): Told[] {
  return BATCH_QUANTITIES.flatMap(({ id }) => {
    const groups: {
      quantity: BatchQuantity;
      configurations: ConfigurationName[];
      values: Map<string, number>;
    }[] = [];
    for (const { quantity, configuration, values: all } of distributions) {
      if (quantity.id !== id) continue;
      const values = new Map(all.map(({ name, value }) => [name, value]));
      const same = groups.find((group) => isSame(group.values, values));
      if (same === undefined) groups.push({ quantity, configurations: [configuration], values });
      else same.configurations.push(configuration);
    }
    return groups;
  });
}

function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
}

/** The quantities in which a capture is an outlier, for any configuration. */
function outstanding(distributions: readonly Distribution[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { quantity, outliers } of distributions) {
    for (const { name } of outliers) {
      const quantities = found.get(name) ?? new Set<string>();
      found.set(name, quantities.add(quantity.name));
    }
  }
  return found;
}
