/** The published schema as a check of any record. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ROOT } from '../helpers/surroundings.ts';

export interface SchemaNode {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

export const SCHEMA = JSON.parse(
  readFileSync(join(ROOT, 'schema', 'result.schema.json'), 'utf8'),
) as SchemaNode;

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(SCHEMA);

/** What the schema has against `record`, as `path: message`; empty if nothing. */
export function schemaErrors(record: unknown): string[] {
  validate(record);
  return (validate.errors ?? []).map((error) => `${error.instancePath || '/'}: ${error.message}`);
}
