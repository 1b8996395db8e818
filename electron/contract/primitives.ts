import { z } from 'zod';

/** An instant as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const instant = z.iso.datetime();

/** A duration in nanoseconds. A double holds whole nanoseconds exactly for 104 days. */
export const nanoseconds = z.number().int().nonnegative();

/** A SHA-256 digest in lower-case hexadecimal. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** An identifier that Petri makes: short, safe in a path, a URL and a command line. */
export const identifier = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

/** A name as it is kept: one of before a rule became stricter can still be read. */
export const keptName = z
  .string()
  .min(1)
  .max(120)
  .refine((name) => name.trim() === name, 'must not begin or end with a space')
  .refine((name) => !/[\u0000-\u001f\u007f]/.test(name), 'must not contain control characters');

/**
 * A name that a person gives: any letters, but no control characters and no surrounding space. Nor what turns the
 * direction of the text beside it (Unicode's Bidi_Control), which would make a list say something else.
 */
export const displayName = keptName.refine((name) => !/\p{Bidi_Control}/u.test(name), 'must not contain characters that change the direction of writing');

export const byIdentifier = z.object({ id: identifier });

/** The instruction set of a guest, as QEMU names its system emulators. */
export const architecture = z.enum(['i386', 'x86_64', 'arm', 'aarch64']);
export type Architecture = z.infer<typeof architecture>;
