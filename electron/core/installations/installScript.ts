import { z } from 'zod';
import { identifier } from '../../contract/primitives.ts';

const seconds = z.number().min(0.1).max(86_400);
/** What a script types: text, in which `{{name}}` stands for one of its values, or chords by QEMU's names of keys. */
const typed = z.union([z.strictObject({ text: z.string().min(1).max(2_000) }), z.strictObject({ keys: z.array(z.array(z.string().max(20)).min(1).max(6)).min(1).max(200) })]);
export type Typed = z.infer<typeof typed>;

const pattern = z
  .string()
  .min(1)
  .max(500)
  .refine(isExpression, 'is not a regular expression');
/** What is awaited: words or a regular expression (with `^` and `$` at lines), or the end or reboot of the machine. */
const awaited = z.union([z.strictObject({ text: z.string().min(1).max(500) }), z.strictObject({ pattern }), z.strictObject({ end: z.literal(true) })]);
export type Awaited = z.infer<typeof awaited>;

function isExpression(words: string): boolean {
  try {
    new RegExp(words, 'm');
    return true;
  } catch {
    return false;
  }
}

export const scriptStep = z.strictObject({
  title: z.string().min(1).max(120),
  expect: awaited,
  /** What is typed when it was seen. */
  send: typed.optional(),
  /** How long it is awaited on a machine of today that emulates; each retry has as long again. */
  limitSeconds: seconds,
  /** It may not come: then the next step, or the time, goes past it. */
  optional: z.boolean().default(false),
  /** It may come so often in a row, and is answered each time. */
  repeat: z.number().int().min(1).max(1_000).default(1),
  /** What is tried, so often, before the time limit makes it fail. */
  onTimeout: z.union([z.strictObject({ send: typed, times: z.number().int().min(1).max(100) }), z.strictObject({ restart: z.literal(true), times: z.number().int().min(1).max(20) })]).optional(),
});
export type ScriptStep = z.infer<typeof scriptStep>;

/** How a system is installed without a person: an expect-style script over its serial console or its VGA text screen. */
export const installScript = z.strictObject({
  title: z.string().min(1),
  /** Where it reads and types. */
  console: z.enum(['serial', 'screen']).default('serial'),
  /** Values for `{{name}}`; the user may give others. `guest` is always there: the guest's name as a host name, and `sshKey`: Petri's public key, or nothing where none can be made. */
  values: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]{0,30}$/), z.string().max(200)).default({}),
  /** What a system prints when it has failed, whatever step it is in. */
  failures: z.array(pattern).default([]),
  /** Played while it runs from its medium; the last step awaits the end or a reboot. */
  install: z.array(scriptStep).min(1).max(200),
  /** Played after it has booted from its disk: the last step sees the prompt. */
  firstBoot: z.array(scriptStep).max(50),
  /** How we know that it works: the QEMU and the date of an installation that was seen, or null when nobody has seen one. */
  verified: z.strictObject({ qemu: z.string(), date: z.iso.date() }).nullable(),
  /** Where an unverified script was taken from. */
  source: z.string().optional(),
});
export type InstallScript = z.infer<typeof installScript>;
/** The two parts that a script is played in. */
export type ScriptPart = 'install' | 'firstBoot';

/** A script as it stands in `resources/installs/ID.yaml`. */
export const namedScript = installScript.extend({ id: identifier });

/** Words with each `{{name}}` put in; a name that has no value stays as it is. */
export function withValues(words: string, values: Readonly<Record<string, string>>): string {
  return words.replace(/\{\{([a-zA-Z0-9]+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A guest's name as a host name: RFC 1123 allows letters, digits and hyphens. */
export function hostName(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return plain.slice(0, 30) || 'guest';
}

/** What a step waits for, in words for people. */
export function awaitedWords(expect: Awaited): string {
  if ('end' in expect) return 'the end or a reboot of the machine';
  return 'text' in expect ? JSON.stringify(expect.text) : `/${expect.pattern}/`;
}
