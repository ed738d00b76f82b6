/** Why skbs were delivered when they were. */
import type { ConfigurationResult, ResultRecord } from '../../replay/result.ts';
import { fixed } from '../format.ts';
import { type Cell, type Column, escapeHtml, tableHtml, textCell } from './markup.ts';
import { REASON_NOTES } from './reason-notes.ts';
import { column, countCell } from './results-section.ts';

const TEXT = (label: string): Column => ({ label, unit: null, term: null, kind: 'text' });

export function reasonsSection(record: ResultRecord): string {
  const groups = groupsOf(record.configurations);
  const content =
    groups.length === 0
      ? '<p>Nothing was received that could merge.</p>'
      : `<p>${escapeHtml(leadOf(groups[0]!))}</p>\n${reasonsTable(groups)}`;
  return `<section class="reasons" aria-labelledby="why"><h2 id="why">Why packets did not merge</h2>
${content}
<p class="aside">Each skb has one reason: the rule that ended its merge, or kept a packet out. <code>analyze explain</code> tells what the rate would be without each of them, replayed and not estimated.</p>
</section>`;
}

type ReasonName = ConfigurationResult['reasons'][number]['reason'];

interface Group {
  readonly names: readonly string[];
  readonly one: ConfigurationResult;
}

/** Configurations that merge, those with the same reasons together. */
function groupsOf(configurations: readonly ConfigurationResult[]): Group[] {
  const groups: { names: string[]; one: ConfigurationResult }[] = [];
  for (const one of configurations) {
    if (one.engine === 'none' || one.reasons.length === 0) continue;
    const same = groups.find((group) => JSON.stringify(group.one.reasons) === JSON.stringify(one.reasons));
    if (same === undefined) groups.push({ names: [one.name], one });
    else same.names.push(one.name);
  }
  return groups;
}

function reasonsTable(groups: readonly Group[]): string {
  const names = (group: Group, label: string): string =>
    groups.length === 1 ? label : `${label}, ${group.names.join(' and ')}`;
  const reasons = new Map<ReasonName, number>();
  for (const { one } of groups) {
    for (const { reason, packets } of one.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + packets);
  }
  const order = [...reasons].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
  const cells = ({ one }: Group, reason: ReasonName): Cell[] => {
    const { packets = 0, skbs = 0 } = one.reasons.find((row) => row.reason === reason) ?? {};
    const share = packets / packetsOf(one);
    return [
      { text: `${fixed(100 * share, 1, '')} %`, value: 100 * share, share },
      countCell(packets),
      countCell(skbs),
    ];
  };
  return tableHtml({
    caption: groups.map(({ names: all, one }) => `${all.join(' and ')}: ${one.engine}`).join(', '),
    columns: [
      TEXT('Reason'),
      ...groups.flatMap((group) => [
        column('share', names(group, 'Of packets'), null),
        column('packets', 'Packets', null),
        column('skbs', 'Skbs', null),
      ]),
      TEXT('What it means'),
    ],
    rows: order.map((reason) => [
      textCell(reason, `reason-${reason}`),
      ...groups.flatMap((group) => cells(group, reason)),
      textCell(REASON_NOTES[reason]),
    ]),
  });
}

/** The reason of most packets, in a sentence. */
function leadOf({ names, one }: Group): string {
  const [first] = [...one.reasons].sort((a, b) => b.packets - a.packets);
  if (first === undefined) return '';
  const share = fixed((100 * first.packets) / packetsOf(one), 1, '');
  return `${names.join(' and ')}: ${share} % of the packets left in skbs that ended by ${first.reason}. ${REASON_NOTES[first.reason]}`;
}

function packetsOf({ reasons }: ConfigurationResult): number {
  return reasons.reduce((sum, { packets }) => sum + packets, 0);
}
