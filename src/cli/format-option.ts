/** `--format csv,png,json | none`: which files a report gets. */
import { UsageError } from './usage.ts';

const FORMATS = ['csv', 'png', 'json'] as const;
export type Format = (typeof FORMATS)[number];

export function parseFormats(text: string): Set<Format> {
  const formats = new Set<Format>();
  for (const name of text.split(',').map((part) => part.trim())) {
    if (name === '' || name === 'none') continue;
    const format = FORMATS.find((known) => known === name);
    if (format === undefined)
      throw new UsageError(`--format: '${name}' is none of ${FORMATS.join(', ')}, none`);
    formats.add(format);
  }
  return formats;
}
