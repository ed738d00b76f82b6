/** Grant-copy operations of an skb whose packets lie in buffers of their own: the hypervisor copies each piece. */
import { HEADROOM_BYTES, PAGE_BYTES } from './memory.ts';

/**
 * Operations that copy L = `frameBytes` of k packets, one behind the other, into whole pages. An operation
 * ends with the packet, with the page that it reads and with the page that it writes. Each packet is taken to
 * carry an equal share of the payload, the last one what is left over, and to lie at the driver's headroom
 * of a page, of which later packets' headers are not copied.
 */
export function grantOperations(segments: number, payloadBytes: number, frameBytes: number): number {
  const headerBytes = frameBytes - payloadBytes;
  const share = Math.trunc(payloadBytes / segments);
  let operations = 0;
  let written = 0;
  for (let packet = 1; packet <= segments; packet++) {
    const payload = packet < segments ? share : payloadBytes - (segments - 1) * share;
    let left = packet === 1 ? headerBytes + payload : payload;
    let readAt = packet === 1 ? HEADROOM_BYTES : HEADROOM_BYTES + headerBytes;
    while (left > 0) {
      const piece = Math.min(left, PAGE_BYTES - (readAt % PAGE_BYTES), PAGE_BYTES - (written % PAGE_BYTES));
      operations++;
      readAt += piece;
      written += piece;
      left -= piece;
    }
  }
  return operations;
}
