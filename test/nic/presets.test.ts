import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeModeration } from '../../src/cli/nic-options.ts';
import { NIC_PRESETS } from '../../src/nic/presets.ts';
import { runCommand } from '../helpers/command.ts';
import { ROOT } from '../helpers/surroundings.ts';

describe('the NIC presets', () => {
  it('have distinct names', () => {
    const names = NIC_PRESETS.map((preset) => preset.name);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.include.members(['tg3', 'e1000', 'e1000-dynamic', 'igb', 'ixgbe', 'bnx2', 'sky2']);
    expect(names).to.include.members(['mv643xx', 'myri10ge', 'mlx4']);
  });

  for (const preset of NIC_PRESETS) {
    it(`${preset.name} cites every value, and drivers and versions where it was read`, () => {
      const values = [preset.moderation, preset.weight, preset.ringPackets, preset.lro];
      for (const cited of values.filter((value) => value !== null)) {
        expect(cited.source).to.have.length.above(20);
        if (cited.grade === 'read') expect(cited.source).to.match(/Linux \d|commit [0-9a-f]{8}/);
      }
    });

    it(`${preset.name} is shown with its sources`, async () => {
      const { code, stdout } = await runCommand(['profiles', preset.name]);
      expect(code).to.equal(0);
      expect(stdout).to.include(preset.moderation.source);
      expect(stdout).to.include(preset.ringPackets.source);
    });
  }
});

describe('docs/polls.md', () => {
  const page = readFileSync(join(ROOT, 'docs', 'polls.md'), 'utf8');
  for (const { name, moderation, weight, ringPackets, lro } of NIC_PRESETS) {
    it(`has ${name} as it is`, () => {
      const cells = [
        `\`${name}\``,
        describeModeration(moderation.value),
        `${moderation.grade}: ${moderation.source}`,
        weight.value,
        ringPackets.value,
        lro === null ? '–' : lro.value,
      ];
      expect(page).to.include(`| ${cells.join(' | ')} |`);
    });
  }
});

describe('analyze profiles', () => {
  it('lists cost profiles and NIC presets', async () => {
    const { code, stdout } = await runCommand(['profiles']);
    expect(code).to.equal(0);
    expect(stdout).to.include('aizu-2008');
    for (const preset of NIC_PRESETS) expect(stdout).to.include(`  ${preset.name} `);
  });

  it('shows each number of a cost profile', async () => {
    const { stdout } = await runCommand(['profiles', 'aizu-2008']);
    for (const number of ['14312.5118', '4106.0482', '968', '4.014597']) expect(stdout).to.include(number);
  });

  it('shows the throughput laws with their errors on the rows of the study', async () => {
    const { stdout } = await runCommand(['profiles', 'aizu-2008']);
    expect(stdout).to.include('Xen 575.54 for 574.45, +0.19 %; LRO 587.11 for 588.65, -0.26 %');
    expect(stdout).to.include('Optimized 610.18 for 588.47, +3.69 %');
  });

  it('refuses a name that it does not know', async () => {
    const { code, stderr } = await runCommand(['profiles', 'nothing']);
    expect(code).to.equal(2);
    expect(stderr).to.include('aizu-2008, modern-estimate, tg3');
  });
});
