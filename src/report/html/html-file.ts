/** `report.html` of a capture. */
import type { ResultRecord } from '../../replay/result.ts';
import { chartSpecs } from '../chart-spec.ts';
import type { OutputFile } from '../files.ts';
import { openingSentence } from '../terminal.ts';
import { basisSection, warningsHtml } from './basis-section.ts';
import { flowsSection } from './flows-section.ts';
import { HTML_FILE, pageHtml } from './page-shell.ts';
import { pathSection } from './path-section.ts';
import { reasonsSection } from './reasons-section.ts';
import { resultsSection } from './results-section.ts';
import { allTerms } from './terms.ts';

export function htmlFile(record: ResultRecord): OutputFile {
  const charts = chartSpecs(record);
  const sections = [
    warningsHtml(record),
    resultsSection(record, charts),
    reasonsSection(record),
    pathSection(record, charts),
    flowsSection(record),
    basisSection(record),
  ].join('\n');
  const text = pageHtml({
    version: record.tool.version,
    title: record.capture.name,
    heading: openingSentence(record),
    sections,
    charts: charts.map((spec) => ({ kind: 'bars', spec })),
    namesIn: null,
    terms: allTerms(),
  });
  return { name: HTML_FILE, text };
}
