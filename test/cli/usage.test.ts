import { join } from 'node:path';
import { expect } from 'chai';
import { type CommandResult, runCommand } from '../helpers/command.ts';
import { runAhead } from '../helpers/run-ahead.ts';
import { CAPTURES, useTempFolder } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');

/** Wrong options, and what of them the message must name. */
const WRONG: readonly (readonly [options: readonly string[], says: readonly string[]])[] = [
  [
    ['--max-aggr', '0'],
    ['--max-aggr', "'0'", '1 to 65535'],
  ],
  [
    ['--max-aggr', '-1'],
    ['--max-aggr', "'-1'"],
  ],
  [
    ['--max-aggr', '1.5'],
    ['--max-aggr', "'1.5'"],
  ],
  [
    ['--max-aggr', '65536'],
    ['--max-aggr', "'65536'"],
  ],
  [['--max-aggr'], ['max-aggr']],
  [
    ['--max-desc', '0'],
    ['--max-desc', '1 to 65536'],
  ],
  [
    ['--mtu', '67'],
    ['--mtu', '68 to 65535'],
  ],
  [
    ['--mtu', 'jumbo'],
    ['--mtu', "'jumbo'"],
  ],
  [
    ['--frag-size', '4096'],
    ['--frag-size', '--lro-mode frags'],
  ],
  [
    ['--lro-mode', 'frags', '--frag-size', '262145'],
    ['--frag-size', '262144'],
  ],
  [
    ['--fcs', '9'],
    ['--fcs', '0 to 8'],
  ],
  [['--fcs'], ['fcs']],
  [
    ['--vlan', 'keep'],
    ['vlan', '"keep"', '"strip"', '"pass"', '"inband"'],
  ],
  [
    ['--lro-mode', 'pages'],
    ['lro-mode', '"pages"', '"frags"'],
  ],
  [
    ['--engine', 'gro2'],
    ['engine', '"gro2"', '"inet_lro"'],
  ],
  [
    ['--receiver', 'me'],
    ['--receiver', "'me'", 'IP address'],
  ],
  [
    ['--receiver', '10.0.0.256'],
    ['--receiver', '10.0.0.256'],
  ],
  [
    ['--receiver', 'fe80::1%eth0'],
    ['--receiver', 'fe80::1%eth0'],
  ],
  [['--receiver'], ['receiver']],
  [
    ['--poll', 'often'],
    ['--poll', "'often'", 'batch:N', 'window:T[:B]', 'file:F'],
  ],
  [
    ['--poll', 'batch:0'],
    ['--poll batch', "'0'"],
  ],
  [
    ['--poll', 'batch:'],
    ['--poll batch', "''"],
  ],
  [
    ['--poll', 'window:x'],
    ['--poll', 'window:x', 'µs'],
  ],
  [
    ['--poll', 'window:1.0001'],
    ['--poll', 'three decimals'],
  ],
  [
    ['--poll', 'window:1:2:3'],
    ['--poll', 'window:1:2:3'],
  ],
  [
    ['--poll', 'window:5:-1'],
    ['--poll window', "'-1'"],
  ],
  [
    ['--poll', 'end:1'],
    ['--poll', 'end:1'],
  ],
  [
    ['--poll', 'file:'],
    ['--poll', 'file:'],
  ],
  [
    ['--poll', 'file:nowhere'],
    ['--poll file', 'nowhere', 'ENOENT'],
  ],
  [['--poll'], ['poll']],
  [['--poll', '-q'], ['poll']],
  [
    ['--jsonl', '--stats'],
    ['--jsonl', '--stats'],
  ],
  [['-w'], ['w']],
  [
    ['-w', join('no', 'such', 'folder', 'x.pcap')],
    ['-w', 'ENOENT'],
  ],
  [
    ['-w', CAPTURES],
    ['-w', 'is a folder'],
  ],
  [
    ['-w', join(CAPTURE, 'x.pcap')],
    ['-w', 'ENOTDIR'],
  ],
  [['--wirte', 'x.pcap'], ['wirte']],
  [['another.pcap'], ['another.pcap']],
];

/** Options that the main command has of its own. */
const WRONG_OF_MAIN: readonly (readonly [options: readonly string[], says: readonly string[]])[] = [
  [
    ['--format', 'csv,svgz'],
    ['--format', "'svgz'", 'csv, png, svg, pdf, tex, json'],
  ],
  [['--format'], ['format']],
  [
    ['--profile', 'athens-2004'],
    ['--profile', 'athens-2004', 'aizu-2008'],
  ],
  [['--profile'], ['profile']],
  [
    ['--law', 'moore'],
    ['law', '"moore"', '"serial"'],
  ],
  [['--law'], ['law']],
  [
    ['--profile', join('no', 'such', 'profile.json')],
    ['--profile', 'profile.json', 'ENOENT'],
  ],
  [
    ['--receive-mode', 'flip', '--profile', 'modern-estimate'],
    ['--receive-mode', 'modern-estimate', 'flip', 'the profile has modern'],
  ],
  [
    ['--receive-mode', 'modern', '--law', 'serial'],
    ['--law', 'modern-estimate', 'serial', 'two-cores, shared-core, none'],
  ],
  [
    ['--set', 'cost.copy.cyclesPerByte=1'],
    ['--set', 'cost.copy.cyclesPerByte', 'there is cost.lro.cyclesPerPacket'],
  ],
  [
    ['--set', 'cost.lro.cyclesPerPacket=-1'],
    ['--set', "'-1'", '0 or more'],
  ],
  [['--set'], ['set']],
  [
    ['--fragment-copy', 'direct'],
    ['--fragment-copy', '--receive-mode grant-copy'],
  ],
  [
    ['--linearise-max-order', 'x'],
    ['--linearise-max-order', "'x'"],
  ],
  [
    ['--linearise-max-order', '1', '--lro-mode', 'frags'],
    ['--linearise-max-order', 'only where LRO linearises'],
  ],
  [
    ['--receive-mode', 'teleport'],
    ['receive-mode', '"teleport"', '"flip"'],
  ],
  [['--out'], ['out']],
  [
    ['--out', join(CAPTURE, 'x')],
    ['--out', 'ENOTDIR'],
  ],
  [
    ['--poll', 'LRO=often'],
    ['--poll', "'often'"],
  ],
  [
    ['--poll', 'Wen=end'],
    ['--poll', "'Wen=end'"],
  ],
  [['--poll'], ['poll']],
  [
    ['--max-desc', '0'],
    ['--max-desc', '1 to 65536'],
  ],
  [['--jsno'], ['jsno']],
];

function expectWrong(result: CommandResult, says: readonly string[]): void {
  for (const part of says) expect(result.stderr).to.contain(part);
  expect(result.stderr)
    .to.match(/^analyze: /)
    .and.not.contain('a bug in this program');
  expect(result.stdout).to.equal('');
  expect(result.code).to.equal(2);
}

const titleOf = (options: readonly string[]): string =>
  `${options.map((text) => text.replace(CAPTURES, 'captures')).join(' ')}: exit code 2`;

describe('wrong usage of the main command', () => {
  const folder = useTempFolder();
  let results: Promise<CommandResult>[] = [];

  before(() => {
    const cwd = folder.path('.');
    results = runAhead(
      WRONG_OF_MAIN.map(
        ([options]) =>
          () =>
            runCommand([CAPTURE, ...options], { cwd }),
      ),
    );
  });

  WRONG_OF_MAIN.forEach(([options, says], i) => {
    it(titleOf(options), async () => {
      expectWrong(await results[i]!, says);
    });
  });
});

describe('wrong usage of coalesce', () => {
  const folder = useTempFolder();

  let results: Promise<CommandResult>[] = [];

  before(() => {
    const cwd = folder.path('.');
    results = runAhead(
      WRONG.map(
        ([options]) =>
          () =>
            runCommand(['coalesce', CAPTURE, ...options], { cwd }),
      ),
    );
  });

  WRONG.forEach(([options, says], i) => {
    it(titleOf(options), async () => {
      const result = await results[i]!;
      expectWrong(result, says);
      expect(result.stderr).to.contain('See analyze --help.');
    });
  });

  it('no capture, no command: exit code 2', async () => {
    for (const args of [['coalesce'], []]) {
      const { code, stdout, stderr } = await runCommand(args);
      expect(stderr).to.contain('need at least 1');
      expect([code, stdout]).to.deep.equal([2, '']);
    }
  });

  it('a file of polls with a line that is no number, or not above the one before', async () => {
    for (const [text, line] of [
      ['3\nx\n', "line 2: 'x'"],
      ['3\n\n3\n', "line 3: '3'"],
      ['5\n4\n', "line 2: '4'"],
    ] as const) {
      const path = folder.write('polls', text);
      const { code, stderr } = await runCommand(['coalesce', CAPTURE, '--poll', `file:${path}`]);
      expect(stderr).to.contain('--poll file').and.contain(path).and.contain(line);
      expect(code).to.equal(2);
    }
  });

  it('an option given twice', async () => {
    const twice = await runCommand(['coalesce', CAPTURE, '-q', '--poll', 'end', '--poll', 'batch:1']);
    expect(twice.stderr).to.contain('--poll is given more than once');
    expect(twice.code).to.equal(2);
  });
});
