import type { VethSpec } from '../nic/veth.ts';

export function describeVeth(spec: VethSpec): string {
  return String(spec);
}
