import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { createAckObserver, type ReceiverAcks } from '../../src/replay/receiver-acks.ts';
import { openSession } from '../../src/replay/session.ts';
import { concat } from '../helpers/bytes.ts';
import { pcapFile } from '../helpers/capture-files.ts';
import { ethernet } from '../helpers/links.ts';
import { FLAG, ipv4Packet } from '../helpers/packets.ts';
import { CAPTURES, needTool, useTempFolder } from '../helpers/surroundings.ts';

async function acksOf(file: string, receiver: string): Promise<ReceiverAcks | null> {
  const choice = { mode: 'ip', address: receiver, why: 'test' } as const;
  const session = await openSession(file, {
    receiver: choice,
    fcsBytes: null,
    stdin: () => Readable.from([]),
  });
  try {
    const observer = createAckObserver();
    await session.run((table) => {
      observer.add(table);
      return undefined;
    });
    return observer.counts(session.flows);
  } finally {
    session.close();
  }
}

const A = '10.0.0.1';
const B = '10.0.0.2';

interface Packet {
  readonly from: string;
  readonly flags?: number;
  readonly bytes?: number;
  readonly port?: number;
}

function frame({ from, flags = FLAG.ACK, bytes = 0, port = 5001 }: Packet): Uint8Array {
  const sends = from === A;
  return ethernet(
    ipv4Packet(
      { source: from, destination: sends ? B : A },
      {
        sourcePort: sends ? 4000 : port,
        destinationPort: sends ? port : 4000,
        flags,
        payload: new Uint8Array(bytes),
      },
    ),
  );
}

describe('ACKs of the receiver', () => {
  const folder = useTempFolder();
  const capture = (name: string, packets: readonly Packet[]): string =>
    folder.write(
      name,
      concat(pcapFile(packets.map((packet, i) => ({ timeNs: BigInt(i) * 1000n, bytes: frame(packet) })))),
    );
  const data = { from: A, bytes: 100 };

  it('are the pure ones, without SYN, FIN and RST, of flows whose data it got', async () => {
    const file = capture('two-way.pcap', [
      data,
      data,
      { from: B },
      data,
      data,
      { from: B },
      { from: B, flags: FLAG.ACK | FLAG.SYN },
      { from: B, flags: FLAG.ACK | FLAG.FIN },
      { from: B, flags: FLAG.RST | FLAG.ACK },
      { from: B, bytes: 10 },
      { from: B, port: 5002 },
      { from: A },
    ]);
    expect(await acksOf(file, B)).to.deep.equal({ pureAcks: 2, dataPackets: 4, perDataPacket: 0.5 });
  });

  it('are not known where the capture holds one direction, or the data of another', async () => {
    expect(await acksOf(capture('one-way.pcap', [data, data]), B)).to.equal(null);
    expect(await acksOf(capture('none.pcap', [{ from: B }]), B)).to.equal(null);
    expect(await acksOf(capture('other.pcap', [data, { from: B, port: 5002 }]), B)).to.equal(null);
  });

  it('agree with tshark on a capture of both directions', async function () {
    needTool(this, 'tshark');
    this.timeout(60_000);
    const file = join(CAPTURES, 'full-f4.pcap.gz');
    const fields = ['-T', 'fields', '-e', 'ip.dst', '-e', 'tcp.len'];
    const { stdout } = spawnSync('tshark', ['-n', '-r', file, '-Y', 'tcp', ...fields], { encoding: 'utf8' });
    const sizes = new Map<string, number>();
    for (const line of stdout.trim().split('\n')) {
      const [address, bytes] = line.split('\t');
      sizes.set(address!, (sizes.get(address!) ?? 0) + Number(bytes));
    }
    const [receiver] = [...sizes].sort((a, b) => b[1] - a[1])[0]!;
    const count = (filter: string): number => {
      const run = spawnSync('tshark', ['-n', '-r', file, '-Y', filter], { encoding: 'utf8' });
      return run.stdout === '' ? 0 : run.stdout.trim().split('\n').length;
    };
    const plain = 'tcp.flags.syn == 0 && tcp.flags.fin == 0 && tcp.flags.reset == 0';
    const acks = count(`ip.src == ${receiver} && tcp.len == 0 && tcp.flags.ack == 1 && ${plain}`);
    const packets = count(`ip.dst == ${receiver} && tcp.len > 0`);
    expect(acks).to.be.above(0);
    expect(await acksOf(file, receiver)).to.deep.include({ pureAcks: acks, dataPackets: packets });
  });
});
