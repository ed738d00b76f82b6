/** Runs the built command as a user would. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './surroundings.ts';

export const COMMAND = join(ROOT, 'bin', 'analyze.js');

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: Uint8Array;
  readonly cwd?: string;
  /** Run as this user (only root may). */
  readonly uid?: number;
}

/** No run takes longer; one that does is killed, and its exit code is null. */
const LIMIT_MS = 20_000;

export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { input, cwd, uid } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid, gid: uid }),
      stdio: 'pipe',
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A command that refuses its input early does not read all of it.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? new Uint8Array(0));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
