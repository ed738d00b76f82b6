/** Which list of linux-gro a packet's flow is held in: by ports and addresses, those of a tunnel too. */
import { mix } from '../packet/flows.ts';
import type { GroPacket } from './gro-packet.ts';

export function bucketOf(packet: GroPacket, view: DataView, buckets: number): number {
  if (buckets === 1) return 0;
  const { outer, inner, tcp } = packet;
  let hash = mixAddresses(view, mix(0, view.getInt32(tcp)), inner, packet.innerVersion);
  if (inner !== outer) hash = mixAddresses(view, hash, outer, packet.outerVersion);
  return (hash >>> 0) % buckets;
}

function mixAddresses(view: DataView, start: number, ip: number, version: number): number {
  const from = ip + (version === 4 ? 12 : 8);
  const to = from + (version === 4 ? 8 : 32);
  let hash = start;
  for (let at = from; at < to; at += 4) hash = mix(hash, view.getInt32(at));
  return hash;
}
