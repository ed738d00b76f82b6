/** `--receiver auto | all | <ip> | <mac>`. */
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
  const ip = canonicalIp(text);
  if (ip !== null) return { mode: 'ip', address: ip, why };
  throw new UsageError(`--receiver: '${text}' is neither auto, all, an IP address nor a MAC address`);
}

/** The address as the URL parser writes it (IPv6 as in RFC 5952); null if it is none. */
function canonicalIp(text: string): string | null {
  // Leading zeros would be octal in some readers; they are refused.
  if (/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) {
    return text.split('.').every((part) => Number(part) < 256) ? text : null;
  }
  if (!text.includes(':') || !URL.canParse(`http://[${text}]/`)) return null;
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}
