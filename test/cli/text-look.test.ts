import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandName } from '../../src/cli/commands/command.ts';
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { textLook } from '../../src/cli/text-look.ts';
import { COMMAND, runCommand } from '../helpers/command.ts';
import { CAPTURES, hasTool, skipWith } from '../helpers/surroundings.ts';

const CAPTURE = join(CAPTURES, 'full-f4.pcap.gz');
const ESCAPE = '\u001b[';

describe('colour and width', () => {
  const terminal = { isTTY: true, columns: 80 };
  const cases: readonly (readonly [string, Parameters<typeof textLook>, ReturnType<typeof textLook>])[] = [
    ['a terminal', [terminal, {}], { width: 80, colour: true }],
    ['a pipe', [{}, {}], { width: 100, colour: false }],
    ['NO_COLOR', [terminal, { NO_COLOR: '1' }], { width: 80, colour: false }],
    ['an empty NO_COLOR', [terminal, { NO_COLOR: '' }], { width: 80, colour: true }],
    ['FORCE_COLOR in a pipe', [{}, { FORCE_COLOR: '1' }], { width: 100, colour: true }],
    ['FORCE_COLOR=0 on a terminal', [terminal, { FORCE_COLOR: '0' }], { width: 80, colour: false }],
    ['NO_COLOR over FORCE_COLOR', [{}, { NO_COLOR: '1', FORCE_COLOR: '1' }], { width: 100, colour: false }],
    ['a dumb terminal', [terminal, { TERM: 'dumb' }], { width: 80, colour: false }],
    ['a narrow window', [{ isTTY: true, columns: 20 }, {}], { width: 60, colour: true }],
    ['a terminal that does not say', [{ isTTY: true }, {}], { width: 100, colour: true }],
  ];
  for (const [what, args, expected] of cases) {
    it(`of ${what}`, () => {
      expect(textLook(...args)).to.deep.equal(expected);
    });
  }

  /** What a terminal of so many columns gets. */
  function onTerminal(columns: number, args: readonly string[], env: Record<string, string> = {}): string {
    const line = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ');
    const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
    const { stdout } = spawnSync(
      'script',
      ['-qec', `stty cols ${columns}; ${line} 2>/dev/null`, '/dev/null'],
      {
        encoding: 'utf8',
        timeout: 20_000,
        env: { ...rest, TERM: 'xterm', ...env },
      },
    );
    return stdout.replaceAll('\r\n', '\n');
  }

  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of.
  const uncoloured = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

  const commands: readonly (readonly string[])[] = [
    [CAPTURE, '--format', 'none', '-q'],
    ['coalesce', CAPTURE, '-q'],
    ['explain', CAPTURE, '--format', 'none', '-q', '--what-if', 'none'],
    ['sweep', CAPTURE, '--vary', 'max-aggr=4,8', '--format', 'none', '-q'],
    ['compare', CAPTURE, CAPTURE],
  ];
  for (const args of commands) {
    const name = args[0] === CAPTURE ? 'analyze' : args[0]!;
    it(`${name}: colour on a terminal and nowhere else, the same text, and no line too wide`, async function () {
      if (!hasTool('script')) skipWith(this, 'script (util-linux) is not installed');
      const { stdout: piped } = await runCommand(args);
      expect(piped).not.to.include(ESCAPE);
      expect(piped.length).to.be.above(100);
      const shown = onTerminal(100, args);
      expect(shown).to.include(ESCAPE);
      expect(uncoloured(shown)).to.equal(piped);
      expect(onTerminal(100, args, { NO_COLOR: '1' })).to.equal(piped);
      const narrow = uncoloured(onTerminal(60, args)).split('\n');
      const wide = narrow.filter((line) => line.length > 60 && line.includes(' '.repeat(3)));
      expect(wide).to.deep.equal([]);
      expect(narrow.length).to.be.at.least(piped.split('\n').length);
    });
  }
});

describe('--help', () => {
  it('lists every command and the exit codes', async () => {
    const { code, stdout, stderr } = await runCommand(['--help']);
    expect([code, stderr]).to.deep.equal([0, '']);
    for (const command of COMMANDS) expect(stdout).to.match(new RegExp(`^  ${commandName(command)} `, 'm'));
    expect(stdout).to.match(/^ {2}130 .*interrupted/m);
  });

  for (const command of COMMANDS) {
    it(`of ${commandName(command)}: examples, every option, words whole, 80 columns`, async () => {
      const { code, stdout } = await runCommand([commandName(command), '--help']);
      expect(code).to.equal(0);
      expect(command.examples.length).to.be.above(0);
      for (const [line] of command.examples)
        expect(stdout).to.include(`  ${line.replace('$0', 'analyze')}\n`);
      for (const name of Object.keys(command.options)) expect(stdout).to.match(new RegExp(`--${name}\\b`));
      const words = new Set(stdout.split(/\s+/));
      for (const { describe } of Object.values(command.options)) {
        for (const word of String(describe).split(' ')) {
          expect(
            [...words].some((known) => known.startsWith(word)),
            word,
          ).to.equal(true);
        }
      }
      const examples = command.examples.map(([line]) => `  ${line.replace('$0', 'analyze')}`);
      const wide = stdout.split('\n').filter((line) => line.length > 80 && !examples.includes(line));
      expect(wide).to.deep.equal([]);
    });
  }
});
