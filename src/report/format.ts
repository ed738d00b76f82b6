/**
 * `value` with a fixed number of decimals, `absent` where it is null. Throws on NaN and infinities: a record
 * says null where there is no number, so anything else is a bug upstream that no table should hide.
 */
export function fixed(value: number | null, decimals: number, absent: string): string {
  if (value === null) return absent;
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number in the result record: ${value}`);
  const text = value.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}

/** Decimals that show three digits that matter of numbers from `low` to `high`, at most `most`. */
export function decimalsFor(low: number, high: number, most: number): number {
  const magnitude = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-3)));
  return Math.min(most, Math.max(0, 2 - magnitude));
}

/** `value` in whole units with a comma for each thousand, whatever the machine's locale. */
export function grouped(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Change from `base` to `value` in percent, signed, one decimal; null if either is absent or `base` is 0. */
export function percentChange(base: number | null, value: number | null): string | null {
  if (base === null || value === null || base === 0) return null;
  const text = fixed((value / base - 1) * 100, 1, '');
  return `${text.startsWith('-') ? '' : '+'}${text} %`;
}

/** Nanoseconds as seconds, milliseconds or microseconds: the largest unit that leaves at least one whole. */
export function duration(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(2)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e3).toFixed(2)} µs`;
}

/**
 * Text from outside (a file name) made safe for a terminal: control, format and unpaired surrogate characters,
 * which could move the cursor, recolour or reorder a line, become U+FFFD.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** `part` of `total` in whole percent; 100 only for all of it. */
export function wholePercent(part: number, total: number): number {
  return part === total ? 100 : Math.min(99, Math.round((100 * part) / total));
}
