/** Really compiles what is written for LaTeX. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { needTool, ROOT } from './surroundings.ts';

/** The document of docs/figures.md, with these files for its example. */
export function documentOf(names: readonly string[]): string {
  const page = readFileSync(join(ROOT, 'docs', 'figures.md'), 'utf8');
  const [, document = ''] = /```latex\n([\s\S]*?)```/.exec(page) ?? [];
  expect(document).to.match(/^\\input\{.*\}$/m);
  const inputs = names.map((name) => `\\input{${name}}\n\\clearpage`).join('\n');
  return document.replace(/\\newcommand\{\\analyzepath\}.*\n/, '').replace(/^\\input\{.*\}$/m, () => inputs);
}

/** Compiles `document` in `folder`; the text of its pages. Skips without pdflatex. */
export function compileTex(context: Context, folder: string, document: string): string {
  needTool(context, 'pdflatex');
  needTool(context, 'pdftotext', '-v');
  writeFileSync(join(folder, 'document.tex'), document);
  const args = ['-halt-on-error', '-interaction=nonstopmode', '-no-shell-escape', 'document.tex'];
  const { status, stdout } = spawnSync('pdflatex', args, {
    cwd: folder,
    encoding: 'latin1',
    timeout: 60_000,
  });
  expect(status, stdout.slice(-3000)).to.equal(0);
  expect(stdout).not.to.match(/Missing character|LaTeX Error/);
  const shown = spawnSync('pdftotext', ['-layout', 'document.pdf', '-'], { cwd: folder, encoding: 'utf8' });
  expect(shown.status).to.equal(0);
  return shown.stdout;
}
