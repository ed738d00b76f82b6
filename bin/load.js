'use strict';
/**
 * Loads the bundled command. Beside each of its files may lie V8's code cache (tools/code-cache.ts): what V8
 * compiled when the command was built, which saves half of the start-up. V8 refuses the cache of another version of
 * itself or of another source; then, and where there is none, the file is compiled as usual.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

const FOLDER = join(__dirname, '..', 'dist', 'cli');
const CACHE_SUFFIX = '.cache';

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Files are loaded once, by their names in dist/cli. `scripts` are those loaded so far, by path. */
function createLoader() {
  const modules = new Map();
  const scripts = new Map();

  function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const path = join(FOLDER, name);
    const source = `(function (exports, require, module, __filename) {${readFileSync(path, 'utf8')}\n})`;
    const script = new vm.Script(source, {
      filename: path,
      cachedData: readIfThere(path + CACHE_SUFFIX),
    });
    const module = { exports: {} };
    modules.set(name, module);
    scripts.set(path, script);
    script.runInThisContext()(module.exports, requireFrom, module, path);
    return module.exports;
  }

  /** The files of the bundle name each other with a leading `./`; all else is a package. */
  function requireFrom(name) {
    return name.startsWith('./') ? load(name.slice(2)) : require(name);
  }

  return { load, scripts };
}

module.exports = { createLoader, CACHE_SUFFIX };
