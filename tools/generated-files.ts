import { COMMANDS } from '../src/cli/commands/list.ts';
import { configSchema } from '../src/cli/config-schema.ts';
import { manPage } from '../src/cli/man-page.ts';
import { packageVersion } from '../src/package-root.ts';

/** Path in the project, and content. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['schema/config.schema.json', `${JSON.stringify(configSchema(COMMANDS), null, 2)}\n`],
    ['man/analyze.1', manPage(COMMANDS, packageVersion())],
  ]);
}
