/** Bundles the command so that it starts fast (docs/performance.md); charts stay in chunks of their own. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const command = defineConfig({
  input: {
    analyze: 'src/cli/main.ts',
    worker: 'src/batch/worker.ts',
    'replay-thread': 'src/cli/replay-thread.ts',
    'explain-thread': 'src/cli/explain-thread.ts',
  },
  platform: 'node',
  // yargs uses two functions of node:assert, whose loading takes longer than that of yargs.
  resolve: { alias: { assert: fileURLToPath(new URL('src/cli/assert.ts', import.meta.url)) } },
  external: [
    /^chart/,
    /^@napi-rs/,
    /^dejavu/,
    /^csv-/,
    /^ml-/,
    /^pure-rand/,
    /^piscina/,
    /^hyparquet/,
    /^bullmq/,
    /^ioredis/,
  ],
  output: {
    dir: 'dist/cli',
    // bin/load.js loads the files with V8's code cache, which Node has for CommonJS alone.
    format: 'cjs',
    // Code from a cache cannot import().
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    minify: true,
    cleanDir: true,
  },
});

/** Of one file, as it is waited for: a thread loads files as Node does, without the code cache. */
const hashThread = defineConfig({
  input: 'src/cli/hash-thread.ts',
  platform: 'node',
  output: { file: 'dist/cli/hash-thread.cjs', format: 'cjs', minify: true },
});

/** The program of report.html, for browsers; the page brings Chart.js along. */
const page = defineConfig({
  input: 'src/report/html/page/main.ts',
  platform: 'browser',
  output: { file: 'dist/page/page.js', format: 'iife', minify: true },
});

export default [command, hashThread, page];
