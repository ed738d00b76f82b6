/** What the numbers rest on: the capture, the settings, what is assumed; and what each number is. */
import type { ResultRecord } from '../../replay/result.ts';
import { duration, fixed, grouped } from '../format.ts';
import { escapeHtml } from './markup.ts';
import type { Term } from './terms.ts';

type Fact = readonly [name: string, value: string];

export function warningsHtml({ warnings }: ResultRecord): string {
  if (warnings.length === 0) return '';
  const items = warnings.map(
    ({ code, message }) => `<li><strong>${escapeHtml(code)}</strong> ${escapeHtml(message)}</li>`,
  );
  return `<section class="warnings" aria-label="Warnings"><ul>${items.join('')}</ul></section>`;
}

export function basisSection(record: ResultRecord): string {
  return `<section aria-labelledby="basis"><h2 id="basis">What this rests on</h2>
<div class="pair"><div><h3>Capture</h3>${factsHtml(captureFacts(record))}</div>
<div><h3>Settings</h3>${factsHtml(settings(record))}</div></div>
<h3>Assumed</h3>${factsHtml(assumed(record))}
</section>`;
}

function captureFacts({ capture, receiver }: ResultRecord): Fact[] {
  return [
    ['File', capture.name],
    ['Format', [capture.format, ...(capture.compression === 'none' ? [] : [capture.compression])].join(', ')],
    ['Link', capture.linkTypes.join(', ') || '–'],
    ['Packets', grouped(capture.packets)],
    ['Time', capture.durationNs === null ? '–' : duration(capture.durationNs)],
    ['Flows', grouped(capture.flows)],
    ['Receiver', `${receiver.address ?? receiver.mode}. ${receiver.why}`],
    ['Received', `${grouped(receiver.packets)} packets, ${grouped(receiver.dataPackets)} of them TCP data`],
    ['Goodput', `${grouped(receiver.goodputBytes)} bytes`],
  ];
}

function settings({ options, configurations }: ResultRecord): Fact[] {
  const polls = new Set(configurations.map(({ poll }) => poll));
  return [
    [
      'Polls',
      polls.size === 1 ? options.poll : configurations.map((one) => `${one.name}: ${one.poll}`).join(', '),
    ],
    ...(options.nic === null
      ? []
      : ([
          ['NIC', `${options.nic.preset}, ${options.nic.cpuGhz} GHz, ring ${options.nic.ringPackets}`],
        ] as const)),
    ['Pace', options.pace],
    ['Merging', mergingOf({ options, configurations })],
    ['MTU', `${options.mtu} bytes`],
    ['Receive mode', options.receiveMode],
    ['Profile', options.profile],
    ['Throughput law', options.law],
    ...(options.set.length === 0 ? [] : ([['Set', options.set.join(', ')]] as const)),
  ];
}

function mergingOf({ options, configurations }: Pick<ResultRecord, 'options' | 'configurations'>): string {
  const engines = new Set(configurations.map(({ engine }) => engine).filter((engine) => engine !== 'none'));
  const { maxAggr, maxDesc, linuxGro } = options;
  const limits = [...engines].map((engine) => {
    if (engine === 'inet_lro') return `inet_lro, at most ${maxAggr} packets, ${maxDesc} sessions`;
    if (engine === 'linux-gro' && linuxGro !== null) {
      const { buckets, perBucket, maxSizeBytes } = linuxGro;
      return `linux-gro, ${buckets} lists of ${perBucket} skbs, each below ${grouped(maxSizeBytes)} bytes`;
    }
    return engine;
  });
  return limits.join('; ') || 'none';
}

/** Of many captures: what is the same for all of them. */
export function batchBasisSection(records: readonly ResultRecord[]): string {
  const shared = (factsOf: (record: ResultRecord) => Fact[]): Fact[] => {
    const [first = [], ...others] = records.map(factsOf);
    return first.filter(([name, value]) =>
      others.every((facts) => facts.some((fact) => fact[0] === name && fact[1] === value)),
    );
  };
  return `<section aria-labelledby="basis"><h2 id="basis">What this rests on</h2>
<div class="pair"><div><h3>Settings</h3>${factsHtml(shared(settings))}</div>
<div><h3>Assumed</h3>${factsHtml(shared(assumed))}</div></div>
</section>`;
}

function assumed({ receiver, configurations, options, lawFormula, profileNote }: ResultRecord): Fact[] {
  const paces = configurations.flatMap(({ name, pace }): Fact[] =>
    pace === null ? [] : [[`Pace of ${name}`, `offered at ${fixed(pace.offeredMbps, 2, '')} Mbps`]],
  );
  return [
    ...(receiver.resegmented === null ? [] : ([['Resegmented', receiver.resegmented.description]] as const)),
    ['Polls', options.pollDescription],
    ...paces,
    ['Throughput law', lawFormula],
    ['Cost profile', profileNote],
  ];
}

function factsHtml(facts: readonly Fact[]): string {
  const rows = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl class="facts">${rows.join('\n')}</dl>`;
}

/** The definitions that the tables of `html` refer to. */
export function definitionsSection(html: string, terms: Readonly<Record<string, Term>>): string {
  const used = Object.entries(terms).filter(([key]) => html.includes(` data-t="${key}"`));
  const rows = used.map(
    ([, { name, unit, definition }]) =>
      `<dt>${escapeHtml(name)}${unit === null ? '' : ` <small>${escapeHtml(unit)}</small>`}</dt><dd>${escapeHtml(definition)}</dd>`,
  );
  return `<section aria-labelledby="terms"><h2 id="terms">Definitions</h2>
<details><summary>All numbers of this page, with unit and definition</summary><dl class="facts">${rows.join('\n')}</dl></details>
</section>`;
}
