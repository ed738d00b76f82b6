/**
 * Could the engine have made these skbs, wherever polls ended? An skb is possible if there is a witness: a poll that ends
 * just before some packet and another just after the last packet of the skb, between which the engine makes it of
 * all that arrived. The first packet is the skb's own, or that of an older skb which the kernel still held then: the
 * age of skbs decides which is pushed out of a full list.
 */
import { createLinuxGro, LINUX_GRO_DEFAULTS } from '../../src/coalesce/linux-gro.ts';
import { REASON } from '../../src/coalesce/reason.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { type Frame, fillTable } from '../helpers/fill-table.ts';

/** The skbs among `skbs` that the engine with one list cannot deliver. */
export function impossibleSkbs(
  frames: readonly Frame[],
  skbs: readonly (readonly number[])[],
): (readonly number[])[] {
  const table = createPacketTable(frames.length);
  fillTable(table, frames);
  createDecoder(table)();
  createFlowTable().assign(table);
  table.received = table.count;
  for (let row = 0; row < table.count; row++) table.rows[row] = row;
  const members = new Map<number, number[]>();
  const delivered = new Map<number, readonly number[]>();
  const engine = createLinuxGro(
    table,
    { ...LINUX_GRO_DEFAULTS, buckets: 1 },
    {
      hold(slot, row, first) {
        if (first) members.set(slot, [row]);
        else members.get(slot)!.push(row);
      },
      deliverHeld({ slot }) {
        const packets = members.get(slot)!;
        delivered.set(packets[0]!, packets);
      },
      deliverAlone(row) {
        delivered.set(row, [row]);
      },
    },
  );
  const makes = (skb: readonly number[], start: number): boolean => {
    delivered.clear();
    engine.receive(start, skb.at(-1)! + 1);
    engine.flushAll(REASON['poll-end']);
    return JSON.stringify(delivered.get(skb[0]!)) === JSON.stringify(skb);
  };
  return skbs.filter((skb) => {
    const first = skb[0]!;
    if (makes(skb, first)) return false;
    const older = skbs.filter((other) => other[0]! < first && other.at(-1)! >= first);
    return !older.some((other) => makes(skb, other[0]!));
  });
}
