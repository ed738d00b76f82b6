/** Bundles the command so that it starts fast (docs/performance.md); charts stay in chunks of their own. */
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { analyze: 'src/cli/main.ts' },
  platform: 'node',
  external: [/^chart/, /^@napi-rs/, /^dejavu/, /^csv-stringify/],
  output: { dir: 'dist/cli', format: 'esm', chunkFileNames: '[name].js' },
});
