/** Finds cost profiles: those that come with the program, by name, or any file. */
import { readdirSync, readFileSync } from 'node:fs';
import { packageFile } from '../package-root.ts';
import { parseProfile } from './parse-profile.ts';
import { type Profile, ProfileError } from './profile.ts';

const FOLDER = 'profiles/';

/** Names of the built-in profiles, sorted. */
export function profileNames(): readonly string[] {
  return readdirSync(packageFile(FOLDER))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * A built-in profile.
 * @throws {ProfileError} if there is none of that name, or if it is not valid.
 */
export function loadProfile(name: string): Profile {
  const names = profileNames();
  if (!names.includes(name)) {
    throw new ProfileError(
      name,
      '$',
      'there is no such profile',
      `built in: ${names.join(', ')}; the name of a file ends in .json`,
    );
  }
  return readProfile(packageFile(`${FOLDER}${name}.json`));
}

/**
 * A built-in profile by its name, or one from a file by its path, which ends in `.json`.
 * @throws {ProfileError} if there is none, if it is not valid, or if a file passes for a built-in profile that it
 * differs from: results name the profile.
 */
export function findProfile(nameOrFile: string): Profile {
  if (!nameOrFile.endsWith('.json')) return loadProfile(nameOrFile);
  const profile = readProfile(nameOrFile);
  const { name } = profile;
  if (profileNames().includes(name) && JSON.stringify(loadProfile(name)) !== JSON.stringify(profile)) {
    throw new ProfileError(
      nameOrFile,
      '$.name',
      `is that of the built-in profile ${name}`,
      'give it another',
    );
  }
  return profile;
}

/**
 * A profile from a file.
 * @throws {ProfileError} if the file cannot be read or is not valid.
 */
export function readProfile(file: string): Profile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ProfileError(file, '$', `cannot be read (${(error as Error).message})`, 'give a JSON file');
  }
  return parseProfile(text, file);
}
