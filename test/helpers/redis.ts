/** A real Redis on a loopback port, with persistence, that can be stopped and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

export interface RedisServer {
  readonly port: number;
  start(): Promise<void>;
  /** Saves and ends, as at a restart of the machine. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 10_000;

/** `args`: more options for redis-server; with TLS `url` says how to reach it. */
export async function createRedis(
  folder: string,
  args: readonly string[] = [],
  url?: (port: number) => string,
): Promise<RedisServer> {
  const port = await freePort();
  let server: ChildProcess | null = null;
  const address = url?.(port) ?? `redis://127.0.0.1:${port}`;
  const listen = url === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)];
  return {
    port,
    async start() {
      const options = [...listen, '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', ...args];
      server = spawn('redis-server', options, { stdio: 'ignore' });
      await answers(address);
    },
    async stop() {
      if (server === null) return;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
      server = null;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

async function answers(url: string): Promise<void> {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    ...(url.startsWith('rediss') ? { tls: { rejectUnauthorized: false } } : {}),
  });
  redis.on('error', () => {});
  const late = setTimeout(() => redis.disconnect(), READY_WITHIN_MS);
  await redis.ping();
  clearTimeout(late);
  redis.disconnect();
}
