/** Where this package's own files (profiles, schema, package.json) are, for the library and the bundled command alike. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    if (existsSync(new URL('package.json', folder))) return fileURLToPath(folder);
    if (folder.pathname === '/') throw new Error('the package was installed without its package.json');
  }
}

/** Absolute path of a file of this package. */
export function packageFile(relativePath: string): string {
  return `${findRoot()}${relativePath}`;
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;
}
