import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../helpers/command.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');

interface Row {
  readonly option: string;
  readonly value: unknown;
  readonly origin: string;
}

describe('configuration file', () => {
  const folder = useTempFolder();

  function config(content: unknown, name = 'my.json'): string {
    return folder.write(name, typeof content === 'string' ? content : JSON.stringify(content));
  }

  async function rowsOf(args: readonly string[], cwd?: string): Promise<ReadonlyMap<string, Row>> {
    const result = await runCommand([...args, '--print-config', '--json'], cwd === undefined ? {} : { cwd });
    expect(result).to.include({ code: 0, stderr: '' });
    const { options } = JSON.parse(result.stdout) as { options: Row[] };
    return new Map(options.map((row) => [row.option, row]));
  }

  it('says of each option where its value comes from', async () => {
    const file = config({ 'rx-usecs': 50, 'max-aggr': '32', poll: 'napi', 'verify-checksums': true });
    const rows = await rowsOf([CAPTURE, '--config', file, '--max-aggr', '16']);
    const expected: Readonly<Record<string, readonly [value: unknown, origin: string]>> = {
      'max-aggr': ['16', 'flag'],
      'rx-usecs': ['50', 'config file'],
      'verify-checksums': [true, 'config file'],
      'rx-frames': ['5', 'NIC preset'],
      'max-desc': ['8', 'default'],
      'cpu-ghz': ['2.3', 'default'],
    };
    for (const [option, [value, origin]] of Object.entries(expected)) {
      expect(rows.get(option), option).to.deep.equal({ option, value, origin });
    }
    expect(rows.get('poll')).to.deep.include({ value: ['napi'], origin: 'config file' });
  });

  it('takes the values of a preset that the file names', async () => {
    const rows = await rowsOf([CAPTURE, '--config', config({ nic: 'bnx2' })]);
    expect(rows.get('rx-usecs')).to.include({ value: '18', origin: 'NIC preset' });
  });

  it('is read from the working directory, unless --config none', async () => {
    config({ mtu: 9000 }, 'analyze.config.json');
    expect((await rowsOf([CAPTURE], folder.path(''))).get('mtu')).to.include({ value: '9000' });
    expect((await rowsOf([CAPTURE, '--config=none'], folder.path(''))).get('mtu')).to.include({
      value: '1500',
    });
  });

  it('gives the same result as the flags', async () => {
    const file = config({ engine: 'linux-gro', poll: 'batch:7', 'gro-per-bucket': 2 });
    const byFile = await runCommand(['coalesce', CAPTURE, '--jsonl', '--config', file]);
    const flags = ['--engine', 'linux-gro', '--poll', 'batch:7', '--gro-per-bucket', '2'];
    const byFlags = await runCommand(['coalesce', CAPTURE, '--jsonl', ...flags]);
    expect(byFile.stdout).to.equal(byFlags.stdout);
    expect(byFile.code).to.equal(0);
  });

  it('lets a command pass over the options of others', async () => {
    const file = config({ law: 'none', 'gro-buckets': 1 });
    expect(await runCommand(['coalesce', CAPTURE, '--config', file])).to.include({ code: 0 });
  });

  const WRONG: readonly (readonly [what: string, content: unknown, says: readonly string[]])[] = [
    ['a misspelt option', { 'max-agr': 1 }, ["'max-agr'", "nearest is 'max-aggr'"]],
    ['an option that is for flags', { config: 'x.json' }, ["'config'", 'flag']],
    ['no JSON', '{"mtu": ', ['is not JSON']],
    ['no object', '[1]', ['one JSON object']],
    ['a text for a switch', { 'verify-checksums': 'yes' }, ["'verify-checksums'", 'true or false', '"yes"']],
    ['a list for a single value', { mtu: [1500] }, ["'mtu'", '[1500]']],
    ['a value that the option refuses', { mtu: 1 }, ['--mtu', "'1'", '68']],
    ['a choice that there is not', { vlan: 'keep' }, ['vlan', '"keep"']],
  ];
  for (const [what, content, says] of WRONG) {
    it(`refuses ${what}`, async () => {
      const result = await runCommand([CAPTURE, '--format', 'none', '--config', config(content)]);
      expect(result).to.include({ code: 2, stdout: '' });
      for (const part of says) expect(result.stderr).to.include(part);
    });
  }

  it('refuses a file that is not there', async () => {
    const result = await runCommand([CAPTURE, '--config', folder.path('none.json')]);
    expect(result).to.include({ code: 2, stdout: '' });
    expect(result.stderr).to.include('none.json').and.include('ENOENT');
  });
});

describe('help for the hand on the keyboard', () => {
  it('names the nearest option', async () => {
    const result = await runCommand([CAPTURE, '--max-agr', '4']);
    expect(result.code).to.equal(2);
    expect(result.stderr).to.include("unknown option --max-agr; the nearest is 'max-aggr'");
  });

  const COMPLETIONS: readonly (readonly [words: readonly string[], offers: readonly string[]])[] = [
    [['co'], ['coalesce', 'compare', 'completion']],
    [['coalesce', '--gro-b'], ['--gro-buckets']],
    [['x.pcap', '--receive-'], ['--receive-mode']],
    [['coalesce', '--la'], []],
    [['coalesce', 'tra'], []],
  ];
  for (const [words, offers] of COMPLETIONS) {
    it(`completes ${words.join(' ')}`, async () => {
      const result = await runCommand(['--get-yargs-completions', 'analyze', ...words]);
      expect(result).to.include({ code: 0, stderr: '' });
      expect(result.stdout.split('\n').filter((line) => line !== '')).to.deep.equal(offers);
    });
  }

  it('prints a script for the shell', async () => {
    const result = await runCommand(['completion']);
    expect(result).to.include({ code: 0, stderr: '' });
    expect(result.stdout).to.include(
      'complete -o bashdefault -o default -F _analyze_yargs_completions analyze',
    );
  });
});
