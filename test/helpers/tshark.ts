/** tshark as a plain decoder: no reassembly, no sequence analysis, no names. */
import { spawn } from 'node:child_process';

const PLAIN_DECODER = [
  '-n',
  ...[
    'ip.defragment',
    'ipv6.defragment',
    'tcp.desegment_tcp_streams',
    'tcp.analyze_sequence_numbers',
  ].flatMap((name) => ['-o', `${name}:FALSE`]),
  ...['-o', 'tcp.relative_sequence_numbers:FALSE'],
];

/** The first `maxPackets` packets, each as the first value of every field; '' where it has none. */
export async function tsharkFields<Name extends string>(
  path: string,
  fields: readonly Name[],
  options: { readonly maxPackets?: number; readonly preferences?: readonly string[] } = {},
): Promise<Record<Name, string>[]> {
  const limit = options.maxPackets === undefined ? [] : ['-c', String(options.maxPackets)];
  const preferences = (options.preferences ?? []).flatMap((preference) => ['-o', preference]);
  const output = ['-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((field) => ['-e', field])];
  const text = await run(['-r', path, ...PLAIN_DECODER, ...preferences, ...limit, ...output]);
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(fields.map((field, i) => [field, values[i] ?? ''])) as Record<Name, string>;
  });
}

/** What it wrote, also if it complains about the end of the file. */
function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('tshark', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
