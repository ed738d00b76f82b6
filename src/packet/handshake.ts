/** What the options of a SYN announce. */
import { type PacketTable, tcpHeaderBytes } from './table.ts';

/** Smaller ones are no MSS that a real stack works with, and would make thousands of segments of a packet. */
const SMALLEST_MSS = 64;
const OPTION = { END: 0, NOP: 1, MSS: 2 };

/** The MSS option of a SYN (RFC 9293 §3.7.1); 0 without one that was captured and is believable. */
export function handshakeMss(table: PacketTable, row: number): number {
  const { view } = table;
  const tcp = table.tcpAt[row]!;
  const captured = table.frameOffset[row]! + table.capturedBytes[row]!;
  const end = Math.min(captured, tcp + tcpHeaderBytes(table.tcpFlags[row]!));
  for (let at = tcp + 20; at + 1 < end; ) {
    const kind = view.getUint8(at);
    if (kind === OPTION.END) return 0;
    if (kind === OPTION.NOP) {
      at++;
      continue;
    }
    const length = view.getUint8(at + 1);
    if (length < 2) return 0;
    if (kind === OPTION.MSS && length === 4 && at + 4 <= end) {
      const mss = view.getUint16(at + 2);
      return mss < SMALLEST_MSS ? 0 : mss;
    }
    at += length;
  }
  return 0;
}
