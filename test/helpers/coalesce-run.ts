/** Runs `analyze coalesce … --jsonl` in this process: the options of a vector, the lines of its output. */
import { INET_LRO_DEFAULTS, type InetLroOptions } from '../../src/coalesce/inet-lro.ts';
import type { PollSpec } from '../../src/nic/poll.ts';
import { coalesce } from '../../src/replay/coalesce.ts';
import { createRecorder } from '../../src/replay/recorder.ts';
import { openSession } from '../../src/replay/session.ts';
import { jsonlStats, skbJson } from '../../src/replay/skb-json.ts';

export type Line = Readonly<Record<string, unknown>>;

interface Parsed {
  readonly inetLro: InetLroOptions;
  readonly poll: PollSpec;
}

/** The options that vectors use; others are an error, so that none is overlooked. */
export function parseOptions(options: readonly string[]): Parsed {
  const inetLro: { -readonly [Key in keyof InetLroOptions]: InetLroOptions[Key] } = { ...INET_LRO_DEFAULTS };
  let poll: PollSpec = { kind: 'end' };
  for (let i = 0; i < options.length; i++) {
    const value = options[i + 1] ?? '';
    switch (options[i]) {
      case '--verify-checksums':
        inetLro.verifyChecksums = true;
        continue;
      case '--lro-mode':
        inetLro.mode = value as 'skb' | 'frags';
        break;
      case '--vlan':
        inetLro.vlan = value as 'strip' | 'pass' | 'inband';
        break;
      case '--max-aggr':
        inetLro.maxAggr = Number(value);
        break;
      case '--max-desc':
        inetLro.maxDesc = Number(value);
        break;
      case '--mtu':
        inetLro.mtu = Number(value);
        break;
      case '--frag-size':
        inetLro.fragSize = Number(value);
        break;
      case '--poll':
        poll = parsePoll(value);
        break;
      case '--receiver':
        if (value !== 'all') throw new Error(`a vector for receiver ${value}`);
        break;
      default:
        throw new Error(`a vector with option ${options[i]}`);
    }
    i++;
  }
  return { inetLro, poll };
}

function parsePoll(text: string): PollSpec {
  const [kind, first, second] = text.split(':');
  if (kind === 'end') return { kind: 'end' };
  if (kind === 'batch') return { kind: 'batch', packets: Number(first) };
  if (kind === 'window')
    return { kind: 'window', windowNs: Math.round(Number(first) * 1000), budget: Number(second ?? 64) };
  throw new Error(`a vector with polls ${text}`);
}

/** Every delivered skb as the object of its line, and the line of counters last. */
export async function runCoalesce(capture: string, options: readonly string[]): Promise<Line[]> {
  const { inetLro, poll } = parseOptions(options);
  const receiver = { mode: 'all', why: '' } as const;
  const session = await openSession(capture, { receiver, fcsBytes: null, stdin: () => process.stdin });
  const lines: Line[] = [];
  const sink = createRecorder(session.table, false, (skb) => lines.push(JSON.parse(skbJson(skb)) as Line));
  const stats = await coalesce(session, { engine: 'inet_lro', inetLro }, poll, sink);
  session.close();
  return [...lines, { stats: jsonlStats(stats) }];
}
