import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Queue, QueueEvents } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { resolveBelowRoot } from '../../src/batch/queue/below-root.ts';
import { QUEUE_NAME } from '../../src/batch/queue/connection.ts';
import { withoutPassword } from '../../src/batch/redact.ts';
import { COMMAND, runCommand } from '../helpers/command.ts';
import { createRedis, hasRedis, type RedisServer } from '../helpers/redis.ts';
import { CAPTURES, filesIn, skipWith, useTempFolder } from '../helpers/surroundings.ts';

const CAPTURE_COUNT = 200;
const PACKETS_EACH = 250;
const PCAP_HEADER_BYTES = 24;

interface Running {
  readonly child: ChildProcess;
  stderr(): string;
  /** Exit code, null after SIGKILL. */
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, stderr: () => stderr, ended };
}

/** Slices of a real capture, and one that takes long. */
function makeCaptures(folder: string): void {
  const pcap = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
  const header = pcap.subarray(0, PCAP_HEADER_BYTES);
  let at = PCAP_HEADER_BYTES;
  for (let slice = 1; slice < CAPTURE_COUNT; slice++) {
    const from = at;
    for (let i = 0; i < PACKETS_EACH; i++) at += 16 + pcap.readUInt32LE(at + 8);
    writeFileSync(
      join(folder, `${String(slice).padStart(3, '0')}.pcap`),
      Buffer.concat([header, pcap.subarray(from, at)]),
    );
  }
  makeLong(join(folder, '000.pcap'));
}

/** A capture that takes long. */
function makeLong(path: string): void {
  const pcap = gunzipSync(readFileSync(join(CAPTURES, 'f16.pcap.gz')));
  const records = Array<Buffer>(40).fill(pcap.subarray(PCAP_HEADER_BYTES));
  writeFileSync(path, Buffer.concat([pcap.subarray(0, PCAP_HEADER_BYTES), ...records]));
}

/** Content of each file of the reports that is the same in every run. */
function reportsIn(out: string, below = ''): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(out, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.name.startsWith('.') || entry.name.endsWith('provenance.json')) continue;
    if (entry.isDirectory()) for (const [name, text] of reportsIn(out, path)) files.set(name, text);
    else files.set(path, readFileSync(join(out, path), 'utf8'));
  }
  return files;
}

describe('a batch by a queue', function () {
  this.timeout(170_000);
  const folder = useTempFolder();
  const running: Running[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  let redis: RedisServer | null = null;

  before(function () {
    if (!hasRedis()) skipWith(this, 'redis-server is not installed');
  });
  afterEach(async () => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL');
    for (const close of closing.splice(0)) await close();
    await redis?.stop();
    redis = null;
  });

  const newFolder = (name: string): string => {
    mkdirSync(folder.path(name));
    return folder.path(name);
  };
  const launch = (...args: string[]): Running => {
    const one = start(args);
    running.push(one);
    return one;
  };

  it(`${CAPTURE_COUNT} captures, 4 workers, one killed at work, Redis restarted: one result each, the same as on one machine`, async () => {
    const captures = newFolder('captures');
    makeCaptures(captures);
    const formats = ['--format', 'csv,json'];
    const alone = await start(['batch', captures, '--out', folder.path('alone'), ...formats, '-q']).ended;
    expect(alone).to.equal(0);

    redis = await createRedis(newFolder('redis'));
    await redis.start();
    const url = `redis://127.0.0.1:${redis.port}`;
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const events = new QueueEvents(QUEUE_NAME, { connection });
    const observer = connection.duplicate();
    observer.on('error', () => {});
    const queue = new Queue(QUEUE_NAME, { connection: observer });
    events.on('error', () => {});
    queue.on('error', () => {});
    connection.on('error', () => {});
    closing.push(() => {
      connection.disconnect();
      observer.disconnect();
      return Promise.allSettled([events.close(), queue.close()]);
    });
    await events.waitUntilReady();
    let completed = 0;
    const activeOnce = new Promise<void>((resolve) => events.on('active', () => resolve()));
    const half = new Promise<void>((resolve) =>
      events.on('completed', () => {
        if (++completed === CAPTURE_COUNT / 4) resolve();
      }),
    );

    const asker = launch('batch', captures, '--queue', url, '--out', folder.path('queued'), ...formats);
    const workerArgs = [
      'worker',
      '--queue',
      url,
      '--root',
      captures,
      '--workers',
      '1',
      '--stalled-after',
      '3',
    ];
    const victim = launch(...workerArgs);
    // The first capture takes long, and there is only this worker to take it.
    await activeOnce;
    victim.child.kill('SIGKILL');
    expect(await victim.ended).to.equal(null);
    const workers = [1, 2, 3].map(() => launch(...workerArgs));
    await half;
    await redis.stop();
    await redis.start();

    expect(await asker.ended, asker.stderr()).to.equal(0);
    expect(asker.stderr()).to.include(`${CAPTURE_COUNT} captures: ${CAPTURE_COUNT} analysed`);
    expect(reportsIn(folder.path('queued'))).to.deep.equal(reportsIn(folder.path('alone')));
    expect(await queue.getJobCounts('completed', 'failed', 'active', 'waiting', 'delayed')).to.deep.equal({
      completed: CAPTURE_COUNT,
      failed: 0,
      active: 0,
      waiting: 0,
      delayed: 0,
    });
    // Whoever asks the same gets the same, and nothing is computed.
    const again = launch('batch', captures, '--queue', url, '--out', folder.path('again'), ...formats, '-q');
    expect(await again.ended).to.equal(0);
    expect(reportsIn(folder.path('again'))).to.deep.equal(reportsIn(folder.path('alone')));
    expect(await queue.getCompletedCount()).to.equal(CAPTURE_COUNT);

    for (const { child } of workers) child.kill('SIGINT');
    for (const worker of workers) expect(await worker.ended, worker.stderr()).to.equal(130);
  });

  it('over TLS with a password, which appears nowhere', async function () {
    const keys = newFolder('tls');
    const made = spawnSync(
      'openssl',
      [
        ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout'.split(' '),
        join(keys, 'key'),
        '-out',
        join(keys, 'cert'),
        '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    );
    if (made.status !== 0) skipWith(this, 'openssl is not installed');
    const tls = [
      '--tls-cert-file',
      join(keys, 'cert'),
      '--tls-key-file',
      join(keys, 'key'),
      '--tls-ca-cert-file',
      join(keys, 'cert'),
      '--tls-auth-clients',
      'no',
    ];
    redis = await createRedis(
      newFolder('redis-tls'),
      [...tls, '--requirepass', 'geheim'],
      (port) => `rediss://:geheim@127.0.0.1:${port}`,
    );
    await redis.start();
    const env = {
      ANALYZE_QUEUE: `rediss://:geheim@127.0.0.1:${redis.port}`,
      NODE_EXTRA_CA_CERTS: join(keys, 'cert'),
    };
    const small = newFolder('small');
    writeFileSync(join(small, 'x.pcap.gz'), readFileSync(join(CAPTURES, 'full-f4.pcap.gz')));
    const worker = start(['worker', '--root', small], env);
    const args = [
      'batch',
      small,
      '--queue',
      env.ANALYZE_QUEUE,
      '--out',
      folder.path('tls-out'),
      '--format',
      'csv',
    ];
    const asker = start(args, env);
    running.push(worker, asker);
    expect(await asker.ended, asker.stderr() + worker.stderr()).to.equal(0);
    const provenance = readFileSync(folder.path('tls-out/x/provenance.json'), 'utf8');
    for (const text of [asker.stderr(), worker.stderr(), provenance]) expect(text).not.to.include('geheim');
  });

  it('a capture that the workers do not have fails alone, after every attempt', async () => {
    redis = await createRedis(newFolder('redis-missing'));
    await redis.start();
    const url = `redis://127.0.0.1:${redis.port}`;
    const mine = newFolder('mine');
    const theirs = newFolder('theirs');
    for (const name of ['a', 'b'])
      writeFileSync(join(mine, `${name}.pcap.gz`), readFileSync(join(CAPTURES, 'full-f4.pcap.gz')));
    writeFileSync(join(theirs, 'a.pcap.gz'), readFileSync(join(CAPTURES, 'full-f4.pcap.gz')));
    writeFileSync(join(mine, 'bad.pcap'), Buffer.from('d4c3b2a102000400', 'hex'));
    writeFileSync(join(theirs, 'bad.pcap'), Buffer.from('d4c3b2a102000400', 'hex'));
    launch('worker', '--queue', url, '--root', theirs);
    const asker = launch('batch', mine, '--queue', url, '--out', folder.path('missing'), '--format', 'csv');
    expect(await asker.ended).to.equal(4);
    expect(asker.stderr()).to.match(/b\.pcap\.gz: there is no such file below the root/);
    expect(asker.stderr()).to.match(/bad\.pcap: the file ends after 8 bytes/);
    expect(asker.stderr()).to.match(/3 captures: 1 analysed, 2 unreadable/);
  });

  it("a capture that grows while it is read: its result is nobody's", async () => {
    redis = await createRedis(newFolder('redis-growing'));
    await redis.start();
    const url = `redis://127.0.0.1:${redis.port}`;
    const growing = newFolder('growing');
    makeLong(join(growing, 'x.pcap'));
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const events = new QueueEvents(QUEUE_NAME, { connection });
    closing.push(() => {
      connection.disconnect();
      return Promise.allSettled([events.close()]);
    });
    await events.waitUntilReady();
    // Its hash is known by then.
    events.once('progress', () => appendFileSync(join(growing, 'x.pcap'), 'more'));
    launch('worker', '--queue', url, '--root', growing, '--workers', '1');
    const out = folder.path('growing-out');
    const asker = launch('batch', growing, '--queue', url, '--out', out, '--format', 'csv');
    expect(await asker.ended).to.equal(3);
    expect(asker.stderr()).to.match(/x\.pcap: its content here is not that of whoever asks/);
    expect(filesIn(join(out, '.results')).filter((name) => name !== 'captures.json')).to.deep.equal([]);
    expect(existsSync(join(out, 'x', 'lro-rate.csv'))).to.equal(false);
  });

  it('a Redis that forgets everything is asked again', async () => {
    redis = await createRedis(newFolder('redis-empty'));
    await redis.start();
    const url = `redis://127.0.0.1:${redis.port}`;
    const few = newFolder('few');
    for (const name of ['a', 'b'])
      writeFileSync(join(few, `${name}.pcap.gz`), readFileSync(join(CAPTURES, 'full-f4.pcap.gz')));
    const asker = launch('batch', few, '--queue', url, '--out', folder.path('few-out'), '--format', 'csv');
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const queue = new Queue(QUEUE_NAME, { connection });
    closing.push(() => {
      connection.disconnect();
      return Promise.allSettled([queue.close()]);
    });
    while ((await queue.getWaitingCount()) < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await connection.flushall();
    launch('worker', '--queue', url, '--root', few);
    expect(await asker.ended, asker.stderr()).to.equal(0);
    expect(asker.stderr()).to.include('2 captures: 2 analysed');
  });

  it('says what is wrong with a command line', async () => {
    const wrong: readonly (readonly [args: readonly string[], says: string])[] = [
      [['worker', '--root', '.'], '--queue'],
      [['worker', '--queue', 'redis://127.0.0.1:1', '--root', folder.path('nowhere')], 'no folder'],
      [['worker', '--queue', 'http://x', '--root', '.'], 'redis://'],
      [['batch', CAPTURES, '--root', '.'], '--root counts only with --queue'],
      [['batch', join(CAPTURES, 'f1.pcap.gz'), '--queue', 'redis://127.0.0.1:1'], '--root'],
      [['batch', '-'], 'stdin'],
    ];
    for (const [args, says] of wrong) {
      const result = await runCommand([...args, ...(args[0] === 'batch' ? ['--format', 'none'] : [])]);
      expect(result, args.join(' ')).to.include({ code: 2, stdout: '' });
      expect(result.stderr).to.include(says);
    }
  });
});

describe('what a worker may read', () => {
  const folder = useTempFolder();
  before(() => {
    mkdirSync(folder.path('root/deep'), { recursive: true });
    folder.write('root/deep/x.pcap', '');
    folder.write('secret.pcap', '');
    symlinkSync(folder.path('secret.pcap'), folder.path('root/out.pcap'));
    symlinkSync(folder.path('root/deep'), folder.path('root/in'));
    symlinkSync('/', folder.path('root/deep/all'));
  });

  const cases: readonly (readonly [below: string, real: string | null])[] = [
    ['deep/x.pcap', 'root/deep/x.pcap'],
    ['in/x.pcap', 'root/deep/x.pcap'],
    ['./deep//x.pcap', 'root/deep/x.pcap'],
    ['../secret.pcap', null],
    ['deep/../../secret.pcap', null],
    ['deep/../deep/x.pcap', null],
    ['out.pcap', null],
    ['deep/all/etc/hostname', null],
    ['/etc/hostname', null],
    ['deep/none.pcap', null],
    ['deep/x.pcap\0.txt', null],
    ['..', null],
  ];
  for (const [below, real] of cases) {
    it(`${JSON.stringify(below)}: ${real === null ? 'refused' : 'allowed'}`, () => {
      const expected = real === null ? null : folder.path(real);
      expect(resolveBelowRoot(folder.path('root'), below)).to.equal(expected);
    });
  }

  it('passwords are taken out of URLs', () => {
    expect(withoutPassword('--queue=rediss://me:pass@host:1/2')).to.equal('--queue=rediss://…@host:1/2');
    expect(withoutPassword('redis://host:1')).to.equal('redis://host:1');
  });
});
