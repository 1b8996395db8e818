import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { guestLoad, type GuestLoad, type LoadParameter } from '../../contract/measurements.ts';
import { architecture } from '../../contract/primitives.ts';

/** What a load needs of the guest, and why it cannot be had where it is missing. */
const need = z.enum(['disk', 'ideDisk', 'network', 'compiler']);

const loadsFile = z.strictObject({
  /** Ids of the phase tables of the systems that have these commands. */
  phaseTables: z.array(z.string()).min(1),
  source: z.string().min(1),
  verified: z.string().nullable(),
  loads: z.array(guestLoad.omit({ verified: true, impossible: true }).extend({
    /** Where it is not that of the whole file. */
    verified: z.string().nullable().optional(),
     architectures: z.array(architecture).optional(), needs: z.array(need).default([]) })).min(1),
});
export type LoadsOfSystem = z.infer<typeof loadsFile>;

/** Reads a system's loads from the parsed text of `file`. Throws RESOURCE_INVALID with every problem. */
export function loadLoads(file: string, data: unknown): LoadsOfSystem {
  const parsed = loadsFile.safeParse(data);
  const issues = parsed.success ? parsed.data.loads.flatMap(problemsOf) : parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`);
  if (!parsed.success || issues.length > 0) throw new DeclaredError('RESOURCE_INVALID', { file, issues });
  return parsed.data;
}

function problemsOf({ id, line, parameters, work }: LoadsOfSystem['loads'][number]): string[] {
  const inLine = [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const names = parameters.map(({ name }) => name);
  const wrongDefault = parameters.filter((parameter) => wrongValue(parameter, String(parameter.default)) !== null);
  return [
    ...inLine.filter((name) => !names.includes(name)).map((name) => `${id}: the line has {${name}}, which is no parameter`),
    ...names.filter((name) => !inLine.includes(name)).map((name) => `${id}: the parameter ${name} is not in the line`),
    ...(work === null || names.includes(work.parameter) ? [] : [`${id}: its work is counted by ${work.parameter}, which is no parameter`]),
    ...wrongDefault.map(({ name }) => `${id}: the default of ${name} is not allowed`),
  ];
}

/** The loads of a guest's system, each with what hinders this guest. */
export function loadsOfGuest(systems: readonly LoadsOfSystem[], guest: Pick<GuestDefinition, 'phaseTable' | 'architecture' | 'disks'>): GuestLoad[] {
  return systems
    .filter(({ phaseTables }) => phaseTables.includes(guest.phaseTable))
    .flatMap(({ loads, verified }) => loads.map(({ needs, architectures, verified: own, ...load }) => ({ ...load, verified: own === undefined ? verified : own, impossible: hindrance(needs, architectures, guest) })));
}

function hindrance(needs: readonly z.infer<typeof need>[], architectures: readonly string[] | undefined, guest: Pick<GuestDefinition, 'architecture' | 'disks'>): string | null {
  if (architectures !== undefined && !architectures.includes(guest.architecture)) return `this system does it on ${architectures.join(', ')} only`;
  const reasons = needs.flatMap((one) => missing[one](guest) ?? []);
  return reasons.length === 0 ? null : reasons.join('; ');
}

type Missing = (guest: Pick<GuestDefinition, 'disks'>) => string | null;

const missing: Readonly<Record<z.infer<typeof need>, Missing>> = {
  disk: ({ disks }) => (disks.length > 0 ? null : 'the guest has no disk'),
  ideDisk: ({ disks }) => (disks.some(({ bus }) => bus === 'ide') ? null : 'the guest has no IDE disk'),
  network: () => 'a measured boot has no network, so that no traffic of others is in it',
  compiler: () => 'no system of the catalog that was booted here has a compiler: install one in the guest, and type the line yourself',
};

/** `1000,int21` or `count=1000,entry=int21`, as the short form has it behind the colon. */
export type LoadValues = readonly string[];

/** The line to type. Values are given by their place, or as NAME=VALUE; what is left out has its default. Throws INPUT_INVALID. */
export function fillLoad(load: GuestLoad, values: LoadValues): string {
  const { parameters, id, impossible } = load;
  if (impossible !== null) throw refused(id, `cannot be done by this guest: ${impossible}`);
  const given = new Map<string, string>();
  for (const [at, value] of values.entries()) {
    const [, named, rest = ''] = /^([a-z]\w*)=(.*)$/.exec(value) ?? [];
    const parameter = parameters.find(({ name }) => name === named) ?? parameters[at];
    if (parameter === undefined) throw refused(id, `takes ${parameters.length === 0 ? 'no values' : parameters.map(({ name }) => name).join(', ')}, and ${JSON.stringify(value)} is one too many`);
    given.set(parameter.name, parameter.name === named ? rest : value);
  }
  return parameters.reduce((line, parameter) => line.replaceAll(`{${parameter.name}}`, () => checked(id, parameter, given.get(parameter.name) ?? String(parameter.default))), load.line).trimEnd();
}

function checked(id: string, parameter: LoadParameter, value: string): string {
  const wrong = wrongValue(parameter, value);
  if (wrong !== null) throw refused(id, `${parameter.title}: ${wrong}`);
  return value;
}

/** What is wrong with a value, null when nothing is. A text may not leave the line or begin another command. */
function wrongValue(parameter: LoadParameter, value: string): string | null {
  if (parameter.kind === 'number') {
    const isWithin = /^\d{1,15}$/.test(value) && Number(value) >= parameter.low && Number(value) <= parameter.high;
    return isWithin ? null : `${JSON.stringify(value)} is not a whole number from ${parameter.low} to ${parameter.high}`;
  }
  if (parameter.kind === 'word') return parameter.choices.includes(value) ? null : `${JSON.stringify(value)} is none of ${parameter.choices.filter((choice) => choice !== '').join(', ')}`;
  return /^[\w./:@%+=,-]{1,120}$/.test(value) ? null : `${JSON.stringify(value)} is not one word`;
}

function refused(load: string, message: string): DeclaredError<'INPUT_INVALID'> {
  return new DeclaredError('INPUT_INVALID', { issues: [{ path: 'load', message: `${load} ${message}` }] });
}

/**
 * The line to type for a load by its short form (`calls:1000` or `calls`) or by its own line (`calls 1000`). Throws INPUT_INVALID for
 * values that are not allowed, for what the guest cannot do, and for anything else, with the loads that there are: a line of one's own is never guessed.
 */
export function loadLine(loads: readonly GuestLoad[], text: string): string {
  const line = shortForm(loads, text) ?? ownLine(loads, text);
  if (line !== null) return line;
  const known = loads.length === 0 ? 'none is known of this system' : `there are ${loads.map(({ id }) => id).join(', ')}`;
  throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'load', message: `${JSON.stringify(text)} is no load of this guest: ${known}. A line of your own is said to be typed: --type "LINE", or load: { type: LINE } in a campaign` }] });
}

/** A line as `fillLoad` makes it, its values checked again; null for one of nobody's. */
function ownLine(loads: readonly GuestLoad[], text: string): string | null {
  for (const load of loads) {
    const values = patternOf(load.line).exec(text)?.groups;
    const given = Object.entries(values ?? {}).flatMap(([name, value]: [string, string | undefined]) => (value === undefined ? [] : [`${name}=${value}`]));
    if (patternOf(load.line).test(text)) return fillLoad(load, given);
  }
  return null;
}

/** A load by its short form, `calls:1000` or `calls`; null for a text that names none. Throws INPUT_INVALID for values that are not allowed. */
export function shortForm(loads: readonly GuestLoad[], text: string): string | null {
  const [, id, values] = /^([a-z]\w*)(?::(\S*))?$/.exec(text) ?? [];
  const load = loads.find((candidate) => candidate.id === id);
  if (load === undefined) return null;
  return fillLoad(load, values === undefined || values === '' ? [] : values.split(','));
}

/** How much a typed line does, where it is one of the loads. */
export function workOf(loads: readonly GuestLoad[], line: string): { readonly unit: string; readonly amount: number } | null {
  for (const { line: template, work } of loads) {
    const amount = work === null ? undefined : patternOf(template).exec(line)?.groups?.[work.parameter];
    if (work !== null && amount !== undefined && /^\d+$/.test(amount)) return { unit: work.unit, amount: Number(amount) * work.times };
  }
  return null;
}

function patternOf(template: string): RegExp {
  const literal = template.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  // A word that is left out takes the space before it along.
  return new RegExp(`^${literal.replace(/ ?\{(\w+)\}/g, (whole, name: string) => (whole.startsWith(' ') ? `(?: (?<${name}>\\S+))?` : `(?<${name}>\\S*)`))}$`);
}
