/** The JSON Schema of a configuration file: every option of every command, from their definitions. */
import type { Options } from 'yargs';
import type { CommandDefinition } from './commands/command.ts';

type Schema = Readonly<Record<string, unknown>>;

export function configSchema(commands: readonly CommandDefinition[]): Schema {
  const options = new Map<string, Options>();
  for (const command of commands) {
    for (const [name, option] of Object.entries(command.options)) {
      const known = options.get(name);
      // Lists are the wider of two definitions: the commands that take one value refuse more of them.
      if (known === undefined || option.array === true) options.set(name, option);
    }
  }
  const names = [...options.keys()].sort();
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:analyze:config',
    title: 'Configuration file of analyze',
    description: 'Options by their long names. Flags win over them; they win over NIC presets and defaults.',
    type: 'object',
    properties: {
      $schema: { description: 'Where this schema is.', type: 'string' },
      ...Object.fromEntries(names.map((name) => [name, optionSchema(options.get(name)!)])),
    },
    additionalProperties: false,
  };
}

function optionSchema({ describe, type, choices, array }: Options): Schema {
  const description = describe ?? '';
  if (type === 'boolean') return { description, type: 'boolean' };
  if (choices !== undefined) return { description, enum: choices };
  const one = { type: ['string', 'number'] };
  return array === true
    ? { description, anyOf: [one, { type: 'array', items: one }] }
    : { description, ...one };
}
