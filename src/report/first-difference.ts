/** Where two versions of a file part: a key of JSON, a line of text, a byte. */

/** A sentence that says both, or null where the bytes are equal. */
export function firstDifference(name: string, was: Uint8Array, now: Uint8Array): string | null {
  if (Buffer.compare(was, now) === 0) return null;
  if (name.endsWith('.json')) return keyDifference(was, now) ?? lineDifference(was, now);
  return isText(was) && isText(now) ? lineDifference(was, now) : byteDifference(was, now);
}

function isText(bytes: Uint8Array): boolean {
  return !bytes.includes(0);
}

function keyDifference(was: Uint8Array, now: Uint8Array): string | null {
  let values: unknown[];
  try {
    values = [was, now].map((bytes) => JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown);
  } catch {
    return null;
  }
  return valueDifference('', values[0], values[1]);
}

const MISSING = Symbol('missing');

function valueDifference(path: string, was: unknown, now: unknown): string | null {
  if (isNested(was) && isNested(now) && Array.isArray(was) === Array.isArray(now)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(now)])) {
      const place = Array.isArray(was) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      const [before, after] = [was, now].map((one) => (Object.hasOwn(one, key) ? one[key] : MISSING));
      const found = valueDifference(place, before, after);
      if (found !== null) return found;
    }
    return null;
  }
  if (Object.is(was, now)) return null;
  return `${path === '' ? 'the value' : path}: ${shown(was)}, now ${shown(now)}`;
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return value === MISSING ? 'nothing' : short(JSON.stringify(value));
}

function lineDifference(was: Uint8Array, now: Uint8Array): string {
  const [before, after] = [was, now].map((bytes) => Buffer.from(bytes).toString('utf8').split('\n'));
  let line = 0;
  while (line < before!.length && line < after!.length && before![line] === after![line]) line++;
  const text = (lines: readonly string[]): string =>
    line < lines.length ? `'${short(lines[line]!)}'` : 'nothing';
  return `line ${line + 1}: ${text(before!)}, now ${text(after!)}`;
}

function byteDifference(was: Uint8Array, now: Uint8Array): string {
  let at = 0;
  while (at < was.length && at < now.length && was[at] === now[at]) at++;
  return `byte ${at} of ${was.length}, now of ${now.length}`;
}

const LONGEST = 60;

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
