import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { packageFile } from '../../src/package-root.ts';
import { generatedFiles } from '../../tools/generated-files.ts';
import { needTool } from '../helpers/surroundings.ts';

describe('files made from the definitions of the commands', () => {
  for (const [path, text] of generatedFiles()) {
    it(`${path} is up to date (npm run generate)`, () => {
      expect(readFileSync(packageFile(path), 'utf8')).to.equal(text);
    });
  }

  it('the schema takes a good configuration file and refuses a bad one', () => {
    const validate = new Ajv.default({ allowUnionTypes: true }).compile(
      JSON.parse(generatedFiles().get('schema/config.schema.json')!),
    );
    expect(validate({ 'rx-usecs': 50, poll: ['napi', 'LRO=end'], 'verify-checksums': true })).to.equal(true);
    expect(validate({ 'max-agr': 1 })).to.equal(false);
    expect(validate({ vlan: 'keep' })).to.equal(false);
  });

  it('the manual page is one that groff takes', function () {
    needTool(this, 'groff');
    const result = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-K', 'utf8', packageFile('man/analyze.1')], {
      encoding: 'utf8',
    });
    expect(result.stderr).to.equal('');
    expect(result.stdout).to.include('LRO descriptors');
  });
});
