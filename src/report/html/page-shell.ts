/**
 * One page that needs nothing else, from a file or a server. Its policy lets no request out and runs the two programs
 * in it only: Chart.js, and the page's own (page/, bundled into dist/page when the package is built).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFile } from '../../package-root.ts';
import { definitionsSection } from './basis-section.ts';
import { escapeHtml, scriptJson } from './markup.ts';
import { PAGE_DATA_ID, type PageChart, type PageData } from './page-data.ts';
import { STYLE } from './style.ts';
import type { Term } from './terms.ts';

export const HTML_FILE = 'report.html';

export interface PageContent {
  /** Of the program. */
  readonly version: string;
  readonly title: string;
  /** What the page says in a sentence. */
  readonly heading: string;
  /** HTML. */
  readonly sections: string;
  readonly charts: readonly PageChart[];
  readonly namesIn: PageData['namesIn'];
  readonly terms: Readonly<Record<string, Term>>;
}

export function pageHtml(content: PageContent): string {
  const { version, title, heading, sections, charts, namesIn, terms } = content;
  const { program, licence } = chartJs();
  const programs = [program, ownProgram()];
  const data: PageData = { charts, terms, namesIn };
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(programs)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="analyze ${escapeHtml(version)}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)} – analyze</title>
<style>${STYLE}</style>
</head>
<body>
<header><p class="kind">Receive offload, replayed</p><button type="button" id="theme" hidden></button>
<h1>${escapeHtml(heading)}</h1>
</header>
<main>
${sections}
${definitionsSection(sections, terms)}
</main>
<footer><p>Made by analyze ${escapeHtml(version)}. Numbers that are derived from a model are predictions, not measurements.</p>
<details><summary>Licence of Chart.js, which draws the charts</summary><pre>${escapeHtml(licence).replaceAll('\uFFFD', '\n')}</pre></details></footer>
<div id="tip" role="tooltip" hidden></div>
<script type="application/json" id="${PAGE_DATA_ID}">${scriptJson(data)}</script>
${programs.map((program) => `<script>${program}</script>`).join('\n')}
</body>
</html>
`;
}

/** Nothing is fetched, and nothing runs or styles the page but what this program put into it. */
function policy(programs: readonly string[]): string {
  const rules = [
    "default-src 'none'",
    `script-src ${programs.map(hash).join(' ')}`,
    `style-src ${hash(STYLE)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return rules.join('; ');
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The build for browsers of the installed package, and its licence. */
function chartJs(): { program: string; licence: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('chart.js'));
  const text = readFileSync(join(folder, 'chart.umd.min.js'), 'utf8');
  return { program: inline(text), licence: readFileSync(join(folder, '..', 'LICENSE.md'), 'utf8').trim() };
}

function ownProgram(): string {
  return inline(readFileSync(packageFile('dist/page/page.js'), 'utf8'));
}

/** A browser reads line ends of a page as LF before it hashes a script, and would ask for a source map. */
function inline(program: string): string {
  const text = program.replace(/\r\n?/g, '\n').replace(/^\/\/# sourceMappingURL=.*$/gm, '');
  if (/<\/script|<!--/i.test(text)) throw new Error('a program of the page would end its own script element');
  return text;
}
