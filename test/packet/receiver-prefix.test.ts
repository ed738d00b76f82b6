import { expect } from 'chai';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createReceiverFinder } from '../../src/packet/receiver.ts';
import { createPacketTable } from '../../src/packet/table.ts';
import { pattern } from '../helpers/bytes.ts';
import { frameOf } from '../helpers/engine-run.ts';
import { fillTable } from '../helpers/fill-table.ts';
import { ethernet } from '../helpers/links.ts';
import { ipv4Packet } from '../helpers/packets.ts';

describe('the receiver of a capture longer than the prefix', () => {
  it('is found by its MAC address, whatever begins after the packets looked at', () => {
    const table = createPacketTable();
    const flows = createFlowTable();
    const finder = createReceiverFinder(flows);
    const frames = [1, 2, 3].map((sourcePort) =>
      frameOf(ethernet(ipv4Packet({}, { sourcePort, payload: pattern(9) }))),
    );
    fillTable(table, frames);
    createDecoder(table)();
    flows.assign(table);
    finder.add(table, 2);
    const { mode, why } = finder.choose();
    expect(mode, why).to.equal('mac');
  });
});
