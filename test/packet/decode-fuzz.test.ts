import { expect } from 'chai';
import fc from 'fast-check';
import { createCore } from '../../src/capture/core.ts';
import { createDecoder } from '../../src/packet/decode.ts';
import { createFlowTable } from '../../src/packet/flows.ts';
import { createReceiverFilter, createReceiverFinder } from '../../src/packet/receiver.ts';
import {
  createPacketTable,
  familyOf,
  type PacketTable,
  STATUS,
  statusOf,
  tcpHeaderBytes,
} from '../../src/packet/table.ts';
import { concat, pattern, replaced, u8, viewOf } from '../helpers/bytes.ts';
import { fillTable } from '../helpers/fill-table.ts';
import { WRAPPINGS } from '../helpers/links.ts';
import { ipv4Packet, ipv6Packet, timestamps } from '../helpers/packets.ts';
import { plainPacket } from '../helpers/read-capture.ts';

const SEEDS = [
  ipv4Packet({}, { options: timestamps(1, 2), payload: pattern(40) }),
  ipv4Packet({ options: u8(1, 1, 1, 0) }, { payload: pattern(40) }),
  ipv6Packet({}, { options: timestamps(1, 2), payload: pattern(40) }),
  ipv6Packet(
    {
      extensions: [
        { protocol: 0, bytes: new Uint8Array(8) },
        { protocol: 44, bytes: new Uint8Array(8) },
        { protocol: 51, bytes: u8(0, 4, ...new Uint8Array(22)) },
      ],
    },
    { payload: pattern(40) },
  ),
];

interface Made {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly wireBytes: number;
}

/** Made packets in frames of every link type, with some bytes changed and the end cut off. */
const mutated = fc
  .record({
    wrapping: fc.constantFrom(...WRAPPINGS),
    packet: fc.constantFrom(...SEEDS),
    changes: fc.array(fc.tuple(fc.nat(120), fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff))), {
      maxLength: 5,
    }),
    length: fc.nat(160),
    missing: fc.oneof(fc.nat(100), fc.nat(300_000)),
  })
  .map(({ wrapping, packet, changes, length, missing }): Made => {
    let bytes = wrapping.wrap(packet);
    for (const [at, value] of changes) if (at < bytes.length) bytes = replaced(bytes, at, u8(value));
    bytes = bytes.slice(0, length);
    return { bytes, linkType: wrapping.linkType, wireBytes: bytes.length + missing };
  });

const random = fc
  .record({
    linkType: fc.oneof(
      fc.constantFrom(...WRAPPINGS.map(({ linkType }) => linkType), 228, 229),
      fc.nat(65_535),
    ),
    bytes: fc.uint8Array({ maxLength: 120 }),
  })
  .map(({ linkType, bytes }): Made => ({ linkType, bytes, wireBytes: bytes.length }));

const frames = fc.array(fc.oneof(mutated, mutated, random), { minLength: 1, maxLength: 12 });

function fill(table: PacketTable, made: readonly Made[]): void {
  fillTable(
    table,
    made.map((frame, i) => ({ ...frame, timeNs: i })),
  );
}

describe('the decoder on frames of any bytes', () => {
  it('stays within the captured bytes', () => {
    fc.assert(
      fc.property(frames, (made) => {
        const table = createPacketTable(made.length);
        fill(table, made);
        createDecoder(table)();
        made.forEach(({ bytes }, row) => {
          const begin = table.frameOffset[row]!;
          const end = begin + bytes.length;
          const status = statusOf(table.kind[row]!);
          const tcp = table.tcpAt[row]!;
          expect(status).to.be.within(STATUS.TCP, STATUS.SHORT_IP_LENGTH);
          if (familyOf(table.kind[row]!) !== 0) expect(table.ipAt[row]).to.be.within(begin, end);
          if (status === STATUS.TCP) expect(tcp).to.be.above(0);
          if (tcp === 0) return;
          expect(tcp).to.be.within(table.ipAt[row]! + 20, end - 20);
          expect(table.payloadBytes[row]).to.be.at.least(0);
          if (status === STATUS.TCP) expect(tcp + tcpHeaderBytes(table.tcpFlags[row]!)).to.be.at.most(end);
        });
      }),
      { numRuns: 3000 },
    );
  });

  it('says the same whatever bytes stand around the frame, or stood there before', () => {
    fc.assert(
      fc.property(frames, frames, (made, before) => {
        const table = createPacketTable(12);
        const decodeBlock = createDecoder(table);
        fill(table, made);
        decodeBlock();
        const expected = made.map((_, row) => plainPacket(table, row));
        fill(table, before);
        decodeBlock();
        fill(table, made);
        // The guard bytes around each frame take another value.
        const around = concat(table.bytes).fill(0x06);
        for (const [row, { bytes }] of made.entries()) around.set(bytes, table.frameOffset[row]!);
        table.bytes = around;
        table.view = viewOf(around);
        decodeBlock();
        expect(made.map((_, row) => plainPacket(table, row))).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('says the same with the core, to the flows and the received rows', () => {
    const core = createCore();
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 3 }), (blocks) => {
        const outcomes = [null, core].map((used) => {
          const table = createPacketTable(12, used);
          const decodeBlock = createDecoder(table);
          const flows = createFlowTable();
          const toMac = createReceiverFilter({ mode: 'mac', address: '02:00:00:00:00:02', why: '' });
          return blocks.map((made) => {
            fill(table, made);
            decodeBlock();
            flows.assign(table);
            toMac(table, flows);
            return {
              packets: made.map((_, row) => plainPacket(table, row)),
              flows: [...table.flow.subarray(0, made.length)],
              received: [...table.rows.subarray(0, table.received)],
            };
          });
        });
        expect(outcomes[1]).to.deep.equal(outcomes[0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('what follows it takes any frame: flows, the receiver, its filters', () => {
    fc.assert(
      fc.property(frames, (made) => {
        const table = createPacketTable(made.length);
        fill(table, made);
        createDecoder(table)();
        const flows = createFlowTable();
        flows.assign(table);
        for (let row = 0; row < made.length; row++)
          expect(table.flow[row]! >= 0).to.equal(table.tcpAt[row] !== 0);
        const finder = createReceiverFinder(flows);
        finder.add(table, made.length);
        for (const choice of [
          finder.choose(),
          { mode: 'ip', address: '10.0.0.2', why: '' },
          { mode: 'mac', address: '02:00:00:00:00:02', why: '' },
        ] as const) {
          createReceiverFilter(choice)(table, flows);
          expect(table.received).to.be.at.most(made.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
