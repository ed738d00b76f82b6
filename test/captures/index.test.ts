import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { pcapRecords, readPcapHeader } from '../../bench/records.ts';

const FOLDER = fileURLToPath(new URL('../../../captures/', import.meta.url));
const README = readFileSync(`${FOLDER}README.md`, 'utf8');
const FILES = readdirSync(FOLDER).filter((name) => name !== 'README.md');
const MAX_TOTAL_BYTES = 20e6;

/** Rows of the Markdown table below a heading, as cells without back-quotes. */
function tableBelow(heading: string): string[][] {
  const section = README.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')));
}

/** What the README must say of a file, from its bytes. */
function factsOf(name: string): string[] {
  const packed = readFileSync(FOLDER + name);
  const bytes = gunzipSync(packed);
  const times = [...pcapRecords(bytes)].map(({ timeNs }) => timeNs).sort((a, b) => (a < b ? -1 : 1));
  const lengthNs = (times.at(-1) ?? 0n) - (times[0] ?? 0n);
  return [
    name,
    times.length.toLocaleString('en-GB'),
    (Number(lengthNs) / 1e9).toFixed(3),
    String(readPcapHeader(bytes).snaplenBytes),
    packed.length.toLocaleString('en-GB'),
    createHash('sha256').update(packed).digest('hex'),
  ];
}

describe('captures/', () => {
  const contents = tableBelow('What each holds');

  it('holds captures, and every one has a row in both tables of the README', () => {
    expect(FILES).to.include('f1.pcap.gz');
    expect(contents.map(([name]) => name)).to.have.members(FILES);
    expect(tableBelow('How each was made').map(([name]) => name)).to.have.members(FILES);
  });

  for (const row of contents) {
    it(`${row[0]} is what its row says`, () => {
      expect(factsOf(row[0] ?? '')).to.deep.equal(row);
    });
  }

  it('stays within 20 MB', () => {
    const bytes = FILES.reduce((sum, name) => sum + readFileSync(FOLDER + name).length, 0);
    expect(bytes).to.be.at.most(MAX_TOTAL_BYTES);
  });
});
