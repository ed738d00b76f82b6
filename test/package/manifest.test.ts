/** What npm reads: package.json and the lock file. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../helpers/surroundings.ts';

interface Manifest {
  readonly bin: { readonly analyze: string };
  readonly files: readonly string[];
  readonly bundleDependencies: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: { readonly canvas: string };
}

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
}

const manifest = json<Manifest>('package.json');
const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const locked = Object.entries(json<{ packages: Record<string, LockEntry> }>('package-lock.json').packages);
/** What whoever installs the package gets: the rest is for development. */
const lock = locked.filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true);

describe('package.json', () => {
  it('names a command that can be run by its file alone', () => {
    expect(Object.keys(manifest.bin)).to.deep.equal(['analyze']);
    const path = join(ROOT, manifest.bin.analyze);
    expect(readFileSync(path, 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
    accessSync(path, constants.X_OK);
  });

  it('packs only files that are there', () => {
    expect(manifest.files.filter((file) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
  });

  it('runs nothing on the machine of who installs it', () => {
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts).not.to.have.property(script);
    }
  });

  it('carries the stand-in for canvas, at a version that chartjs-node-canvas takes', () => {
    expect(manifest.bundleDependencies).to.have.members(['canvas', 'chartjs-node-canvas']);
    const standIn = json<{ version: string }>('shims/canvas/package.json');
    expect(manifest.dependencies.canvas).to.equal(standIn.version);
    const asked = json<Manifest>('node_modules/chartjs-node-canvas/package.json').dependencies.canvas;
    expect(asked).to.match(/^\^\d+\./);
    expect(standIn.version.split('.')[0]).to.equal(/\d+/.exec(asked)![0]);
  });
});

describe('package-lock.json', () => {
  it('holds no package with an install script', () => {
    expect(lock).to.have.length.above(40);
    expect(lock.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).to.deep.equal(
      [],
    );
  });

  it('names no download address, and the integrity of everything that is downloaded', () => {
    const resolved = lock.filter(([, { resolved, link }]) => resolved !== undefined && !link);
    expect(resolved.map(([path]) => path)).to.deep.equal([]);
    expect(lockText).not.to.match(/https?:\/\/[^"]*\.tgz/);
    const downloaded = lock.filter(([path, { link }]) => path.startsWith('node_modules/') && !link);
    expect(downloaded.filter(([, { integrity }]) => !integrity).map(([path]) => path)).to.deep.equal([]);
  });

  // npm 11 refuses `npm ci` where one is missing, and npm 10 leaves that platform without its binary.
  it('has the binaries of every platform', () => {
    const paths = new Set(lock.map(([path]) => path));
    const optional = lock.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
    expect(optional).to.include.members(['@napi-rs/canvas-darwin-arm64', '@napi-rs/canvas-win32-x64-msvc']);
    expect(optional.filter((name) => !paths.has(`node_modules/${name}`))).to.deep.equal([]);
  });
});
