/** `report.html` of a batch: how its captures differ, which stand out, and every one in a row. */
import {
  batchDistributions,
  type Distribution,
  type MissingCapture,
  type NamedRecord,
} from '../batch-distribution.ts';
import { batchSpecs } from '../chart-spec-batch.ts';
import type { OutputFile } from '../files.ts';
import { fixed } from '../format.ts';
import { count } from '../text-table.ts';
import { batchBasisSection } from './basis-section.ts';
import { CAPTURE_NAMES, capturesSection } from './batch-captures-section.ts';
import { distributionsSection, missingSection, outliersSection } from './batch-sections.ts';
import { batchTerms } from './batch-terms.ts';
import { packed } from './page-data.ts';
import { HTML_FILE, pageHtml } from './page-shell.ts';

/** @param captures at least one */
export function batchHtmlFile(
  captures: readonly NamedRecord[],
  missing: readonly MissingCapture[],
): OutputFile {
  const distributions = batchDistributions(captures);
  const names = new Map(captures.map(({ name }, place) => [name, place]));
  const charts = batchSpecs(distributions).map((spec) => packed(spec, (name) => names.get(name)));
  const records = captures.map(({ record }) => record);
  const sections = [
    missingSection(missing),
    distributionsSection(distributions, charts),
    outliersSection(captures, distributions),
    capturesSection(captures, distributions),
    batchBasisSection(records),
  ].join('\n');
  const text = pageHtml({
    version: records[0]!.tool.version,
    title: count(captures.length + missing.length, 'capture'),
    heading: batchSentence(captures.length, missing.length, distributions),
    sections,
    charts: charts.map((spec) => ({ kind: 'xy', spec })),
    namesIn: CAPTURE_NAMES,
    terms: batchTerms(),
  });
  return { name: HTML_FILE, text };
}

/** What the captures say together. */
export function batchSentence(
  captures: number,
  missing: number,
  distributions: readonly Distribution[],
): string {
  const parts = [
    `${count(captures, 'capture')}: ${merging(distributions)}.`,
    ...savings(distributions),
    ...standingOut(distributions),
    ...(missing === 0
      ? []
      : [`${count(missing, 'capture')} more ${missing === 1 ? 'has' : 'have'} no result.`]),
  ];
  return parts.join(' ');
}

function merging(distributions: readonly Distribution[]): string {
  const rate = distributions.find(({ quantity }) => quantity.id === 'lro-rate');
  if (rate === undefined || rate.spread === null) return 'none has TCP data that could merge';
  const { minimum, median, maximum } = rate.spread;
  const middle = `${fixed(median, 2, '')} packets per skb`;
  if (rate.values.length === 1) return `${rate.configuration} would merge ${middle}`;
  return `${rate.configuration} would merge ${middle} at the median, ${fixed(minimum, 2, '')} at least and ${fixed(maximum, 2, '')} at most`;
}

/** Of the last configuration, which saves most. */
function savings(distributions: readonly Distribution[]): string[] {
  const last = (id: string): Distribution | undefined =>
    distributions.filter(({ quantity, spread }) => quantity.id === id && spread !== null).at(-1);
  const [saved, gained] = [last('domain0-saved'), last('throughput-gained')];
  if (saved === undefined || gained === undefined) return [];
  const percent = (value: number): string => `${fixed(Math.abs(value), 2, '')} %`;
  const [less, more] = [saved.spread!.median, gained.spread!.median];
  const where = saved.values.length === 1 ? '' : ' at the median';
  return [
    `Against Xen, ${saved.configuration}${where} needs ${percent(less)} ${less < 0 ? 'more' : 'fewer'} cycles of Domain0 and has ${percent(more)} ${more < 0 ? 'less' : 'more'} predicted throughput.`,
  ];
}

function standingOut(distributions: readonly Distribution[]): string[] {
  const names = new Set(distributions.flatMap(({ outliers }) => outliers.map(({ name }) => name)));
  if (names.size === 0) return [];
  return [`${count(names.size, 'capture')} ${names.size === 1 ? 'stands' : 'stand'} out.`];
}
