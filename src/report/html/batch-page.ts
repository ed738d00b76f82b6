/** What the page of a batch is made of. */

import type { ConfigurationResult } from '../../replay/result.ts';
import type { NamedRecord } from '../batch-distribution.ts';
import { fixed, printable } from '../format.ts';
import { type Cell, type Column, textCell } from './markup.ts';
import { HTML_FILE } from './page-shell.ts';

export function textColumn(label: string, term: string | null = null): Column {
  return { label, unit: null, term, kind: 'text' };
}

/** The capture as its file is called, in the folder that its report is in. */
export function shownName(name: string, file: string): string {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return printable(`${folder}${file}`);
}

/** Leads to the page of the capture, which is there wherever that of the batch is. */
export function captureCell({ name, record }: NamedRecord): Cell {
  return { ...textCell(shownName(name, record.capture.name)), href: pageOf(name) };
}

/** From the page of the batch. */
function pageOf(name: string): string {
  return [...name.split('/').map(encodeURIComponent), HTML_FILE].join('/');
}

/** The reason of most packets, and their share. */
export function mainReason(row: ConfigurationResult | undefined): string {
  const reasons = row?.reasons ?? [];
  const total = reasons.reduce((sum, { packets }) => sum + packets, 0);
  if (total === 0) return '';
  const most = reasons.reduce((best, next) => (next.packets > best.packets ? next : best));
  return `${most.reason} ${fixed((100 * most.packets) / total, 0, '')} %`;
}
