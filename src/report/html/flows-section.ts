/** Each flow with what became of it. */
import type { ConfigurationResult, Fate, FlowFates, ResultRecord } from '../../replay/result.ts';
import { fixed, grouped } from '../format.ts';
import { type Cell, type Column, tableHtml, textCell } from './markup.ts';
import { column, countCell, numberCell } from './results-section.ts';

const OTHERS = 'all other flows';

interface Told {
  readonly name: string;
  readonly flows: FlowFates;
}

export function flowsSection(record: ResultRecord): string {
  const told = toldApart(record.configurations);
  const [main] = told;
  if (main === undefined || main.flows.flows.length === 0) return '';
  const others = told.slice(1).map(({ name, flows }) => ({ name, of: byEnds(flows) }));
  const columns: Column[] = [
    { label: 'From', unit: null, term: null, kind: 'text' },
    { label: 'To', unit: null, term: null, kind: 'text' },
    column('payload-bytes', 'Payload', 'bytes'),
    column('data-packets', 'Data packets', null),
    column('data-skbs', 'Data skbs', null),
    column('lro-rate', told.length === 1 ? 'LRO rate' : `LRO rate, ${main.name}`, 'packets/skb'),
    ...others.map(({ name }) => column('lro-rate', `LRO rate, ${name}`, 'packets/skb')),
    { label: 'Main reason', unit: null, term: 'main-reason', kind: 'text' },
  ];
  const row = (from: string, to: string, fate: Fate): Cell[] => [
    textCell(from),
    textCell(to),
    countCell(fate.payloadBytes),
    countCell(fate.dataPackets),
    countCell(fate.dataSkbs),
    numberCell(fate.lroRate, 2),
    ...others.map(({ of }) => numberCell(of(from, to), 2)),
    reasonCell(fate),
  ];
  const { flows, otherFlows, withoutFlow } = main.flows;
  const closing = [
    ...(otherFlows.skbs === 0 ? [] : [row(OTHERS, '', otherFlows)]),
    ...(withoutFlow.skbs === 0 ? [] : [row('not TCP', '', withoutFlow)]),
  ];
  const table = tableHtml({
    caption: `Flows with most payload, as ${main.name} merges them`,
    columns,
    rows: flows.map((flow) => row(flow.source, flow.destination, flow)),
    closing,
    sortable: true,
  });
  return `<section aria-labelledby="flows"><h2 id="flows">Flows</h2>
<div class="tools"><label for="search">Search</label> <input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="address, port, reason"> <output id="found" for="search" data-one="flow" data-more="flows">${grouped(flows.length)} flows</output></div>
<div class="tall" id="flow-table">${table}</div>
</section>`;
}

/** Configurations that merge and whose flows differ. */
function toldApart(configurations: readonly ConfigurationResult[]): Told[] {
  const told: Told[] = [];
  for (const { name, engine, flows } of configurations) {
    // Records of earlier versions have none.
    if (engine === 'none' || flows === null || flows === undefined) continue;
    if (told.every((one) => JSON.stringify(one.flows) !== JSON.stringify(flows))) told.push({ name, flows });
  }
  return told;
}

function byEnds({ flows, otherFlows }: FlowFates): (from: string, to: string) => number | null {
  const rates = new Map(flows.map((flow) => [`${flow.source} ${flow.destination}`, flow.lroRate]));
  rates.set(`${OTHERS} `, otherFlows.lroRate);
  return (from, to) => rates.get(`${from} ${to}`) ?? null;
}

function reasonCell({ reasons: [first], packets }: Fate): Cell {
  if (first === undefined) return textCell('');
  return textCell(
    `${first.reason} ${fixed((100 * first.packets) / packets, 0, '')} %`,
    `reason-${first.reason}`,
  );
}
