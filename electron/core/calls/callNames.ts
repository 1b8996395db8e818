import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';

/** The boot on which names were seen to be right; where it is absent, nobody has checked them. */
export const verification = z.strictObject({
  date: z.iso.date(),
  /** What was compared with what. */
  how: z.string().min(1),
  qemu: z.string().min(1),
  /** SHA-256 of the kernel that was booted. */
  kernel: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
export type Verification = z.infer<typeof verification>;

/** YAML's keys are numbers; in JavaScript they are texts, also below zero. */
const numbered = z.record(z.string().regex(/^-?\d+$/), z.string().min(1));

const range = z.strictObject({ from: z.number().int(), to: z.number().int(), class: z.string().min(1) });

const callNamesFile = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_.-]*$/),
  title: z.string().min(1),
  /** The header or definition that has the numbers; without an address it is in this repository. */
  source: z.strictObject({ title: z.string().min(1), version: z.string().min(1), url: z.url().nullable() }),
  licence: z.string().min(1),
  verified: verification.nullable(),
  /** Which server or subsystem a number belongs to. */
  ranges: z.array(range).default([]),
  numbers: numbered,
  /** MINIX: what a process asks of the kernel itself. */
  operations: numbered.default({}),
  /** MINIX: who has which endpoint from the boot on. */
  endpoints: numbered.default({}),
  /** MINIX 2: numbers that mean something else to some receivers; `drivers` are the tasks below the servers. */
  byEndpoint: z.record(z.string().regex(/^(-?\d+|drivers)$/), numbered).default({}),
  /** MINIX: the low half of a request from VFS to a file system lies from here on, and the request in the high half. */
  transactions: z.number().int().nullable().default(null),
  /** Mach: traps, below zero; `numbers` are the ids of messages. */
  traps: numbered.default({}),
});

/** The names of one system's calls, with where they come from. */
export type CallNames = z.infer<typeof callNamesFile>;

/** Reads the names from the parsed text of `file`. Throws RESOURCE_INVALID with every problem. */
export function loadCallNames(file: string, data: unknown): CallNames {
  const parsed = callNamesFile.safeParse(data);
  if (!parsed.success) throw new DeclaredError('RESOURCE_INVALID', { file, issues: parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`) });
  const crossed = parsed.data.ranges.filter(({ from, to }, at, all) => from > to || all.some((other, otherAt) => otherAt < at && from <= other.to && other.from <= to));
  if (crossed.length > 0) throw new DeclaredError('RESOURCE_INVALID', { file, issues: crossed.map(({ from, to }) => `ranges: ${from} to ${to} is upside down or overlaps another`) });
  return parsed.data;
}

/** The server or subsystem that a number belongs to, or null. */
export function classOf({ ranges }: CallNames, number: number): string | null {
  return ranges.find(({ from, to }) => number >= from && number <= to)?.class ?? null;
}
