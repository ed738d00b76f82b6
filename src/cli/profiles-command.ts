/** `analyze profiles [name]`: the cost profiles and NIC presets, each number with its source. */
import { compareLaws, type LawOnStudy } from '../cost/law-comparison.ts';
import { loadProfile, profileNames } from '../cost/load-profile.ts';
import type { Coefficients, Profile, Quantity } from '../cost/profile.ts';
import { type Cited, NIC_PRESETS, type NicPreset } from '../nic/presets.ts';
import { EXIT } from './exit-code.ts';
import { describeModeration } from './nic-options.ts';
import { createStdout } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface RawProfilesOptions {
  readonly name: string | undefined;
  readonly json: boolean;
}

export async function runProfiles(raw: RawProfilesOptions): Promise<number> {
  const out = createStdout();
  out.write(raw.name === undefined ? list(raw.json) : one(raw.name, raw.json));
  await out.end();
  return EXIT.DONE;
}

function list(json: boolean): string {
  const profiles = profileNames().map(loadProfile);
  if (json) return asJson({ costProfiles: profiles, nics: NIC_PRESETS });
  return [
    'Cost profiles (--profile)',
    ...profiles.map(({ name, note }) => `  ${name.padEnd(NAME_WIDTH)} ${note}`),
    '',
    'NIC presets (--poll napi --nic)',
    ...NIC_PRESETS.map(
      ({ name, moderation, weight }) =>
        `  ${name.padEnd(NAME_WIDTH)} ${describeModeration(moderation.value)}; weight ${weight.value}`,
    ),
    '',
    'analyze profiles NAME shows one with the source of each number.',
    '',
  ].join('\n');
}

const NAME_WIDTH = 14;

function one(name: string, json: boolean): string {
  const nic = NIC_PRESETS.find((preset) => preset.name === name);
  if (nic !== undefined) return json ? asJson(nic) : nicText(nic);
  if (!profileNames().includes(name)) {
    const known = [...profileNames(), ...NIC_PRESETS.map((preset) => preset.name)].join(', ');
    throw new UsageError(`profiles: '${name}' is none of ${known}`);
  }
  const profile = loadProfile(name);
  return json ? asJson(profile) : profileText(profile);
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function nicText(nic: NicPreset): string {
  const line = (what: string, text: string, cited: Cited<unknown>): string =>
    `  ${what}: ${text}\n    ${cited.grade}: ${cited.source}`;
  return [
    `NIC preset ${nic.name}`,
    line('moderation', describeModeration(nic.moderation.value), nic.moderation),
    line('weight', `${nic.weight.value} packets a poll`, nic.weight),
    line('ring', `${nic.ringPackets.value} descriptors`, nic.ringPackets),
    nic.lro === null
      ? '  inet_lro in this driver: none known'
      : line('inet_lro in this driver', nic.lro.value, nic.lro),
    `  ${nic.note}`,
    '',
  ].join('\n');
}

function profileText(profile: Profile): string {
  const { unexplained, throughput } = profile;
  const modes = Object.entries(profile.receiveModes).flatMap(([mode, own]) => [
    '',
    `With --receive-mode ${mode}: ${own.note}`,
    ...coefficientLines(own.coefficients),
  ]);
  return [
    `Cost profile ${profile.name}`,
    profile.note,
    '',
    'In every receive mode:',
    ...coefficientLines(profile.coefficients),
    ...modes,
    ...(unexplained === null
      ? []
      : [
          '',
          'Unexplained:',
          ...quantityLines(`${unexplained.configuration}, ${unexplained.event}`, unexplained),
        ]),
    '',
    'Throughput:',
    ...quantityLines('link', throughput.link),
    ...Object.entries(throughput.laws).flatMap(([law, clock]) => quantityLines(law, clock)),
    ...studyLines(profile),
    '',
  ].join('\n');
}

/** Only for clocks that were fitted to the study: on others its rows say nothing. */
function studyLines(profile: Profile): string[] {
  if (!Object.values(profile.throughput.laws).some((clock) => clock.grade === 'fitted')) return [];
  return [
    '',
    'Throughput laws on the rows of the study, from its own cycles (Mbit/s, error):',
    ...compareLaws(profile).flatMap(lawLines),
  ];
}

function lawLines({ formula, rows }: LawOnStudy): string[] {
  const cells = rows.map(({ configuration, measuredMbps, predictedMbps, error }) =>
    predictedMbps === null || error === null
      ? `${configuration} ${measuredMbps} measured`
      : `${configuration} ${predictedMbps.toFixed(2)} for ${measuredMbps}, ${signed(100 * error)} %`,
  );
  return [`  ${formula}`, `    ${cells.join('; ')}`];
}

function signed(value: number): string {
  const text = value.toFixed(2);
  return value > 0 ? `+${text}` : text;
}

function coefficientLines(coefficients: Coefficients): string[] {
  return Object.entries(coefficients).flatMap(([id, term]) =>
    quantityLines(`${id} (${term.domain}, ${term.stage}, each of ${term.event})`, term),
  );
}

function quantityLines(what: string, quantity: Quantity<string>): string[] {
  const { value, unit, grade, source, note } = quantity;
  return [`  ${what}: ${value} ${unit}`, `    ${grade}: ${source}`, `    ${note}`];
}
