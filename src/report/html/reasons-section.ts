/** Why skbs were delivered when they were. */
import type { ConfigurationResult, ResultRecord } from '../../replay/result.ts';
import { fixed } from '../format.ts';
import { type Column, escapeHtml, tableHtml, textCell } from './markup.ts';
import { REASON_NOTES } from './reason-notes.ts';
import { column, countCell } from './results-section.ts';

const TEXT = (label: string): Column => ({ label, unit: null, term: null, kind: 'text' });

export function reasonsSection(record: ResultRecord): string {
  const groups = groupsOf(record.configurations);
  const content =
    groups.length === 0 ? '<p>Nothing was received that could merge.</p>' : groups.map(groupHtml).join('\n');
  return `<section aria-labelledby="why"><h2 id="why">Why packets did not merge</h2>
${content}
<p class="aside">Each skb has one reason: the rule that ended its merge, or kept a packet out. <code>analyze explain</code> tells what the rate would be without each of them, replayed and not estimated.</p>
</section>`;
}

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

function groupHtml({ names, one }: Group): string {
  const all = one.reasons.reduce((sum, { packets }) => sum + packets, 0);
  const rows = [...one.reasons].sort((a, b) => b.packets - a.packets);
  const [first] = rows;
  const title = `${names.join(' and ')}: ${one.engine}`;
  const share = (packets: number): string => `${fixed((100 * packets) / all, 1, '')} %`;
  const table = tableHtml({
    caption: title,
    columns: [
      TEXT('Reason'),
      column('share', 'Of all packets', null),
      column('packets', 'Packets', null),
      column('skbs', 'Skbs', null),
      TEXT('What it means'),
    ],
    rows: rows.map(({ reason, packets, skbs }) => [
      textCell(reason, `reason-${reason}`),
      { text: share(packets), value: (100 * packets) / all, share: packets / all },
      countCell(packets),
      countCell(skbs),
      textCell(REASON_NOTES[reason]),
    ]),
  });
  const lead = `${names.join(' and ')}: ${share(first!.packets)} of the packets left in skbs that ended by ${first!.reason}. ${REASON_NOTES[first!.reason]}`;
  return `<p>${escapeHtml(lead)}</p>\n${table}`;
}
