/** `--receiver auto | all | <ip> | <mac>`. */
import { isIP } from 'node:net';
import type { ReceiverChoice } from '../packet/receiver.ts';
import { UsageError } from './usage.ts';

export function parseReceiver(text: string): 'auto' | ReceiverChoice {
  if (text === 'auto') return 'auto';
  if (text === 'all') return { mode: 'all', why: 'asked for: every frame counts as received' };
  const why = 'asked for';
  if (/^([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i.test(text)) {
    const address = text
      .toLowerCase()
      .split(/[:-]/)
      .map((part) => part.padStart(2, '0'))
      .join(':');
    return { mode: 'mac', address, why };
  }
  // A zone (fe80::1%eth0) belongs to a host, not to a packet.
  const family = text.includes('%') ? 0 : isIP(text);
  if (family === 4) return { mode: 'ip', address: text, why };
  // The URL parser writes IPv6 addresses in their canonical form (RFC 5952).
  if (family === 6) return { mode: 'ip', address: new URL(`http://[${text}]/`).hostname.slice(1, -1), why };
  throw new UsageError(`--receiver: '${text}' is neither auto, all, an IP address nor a MAC address`);
}
