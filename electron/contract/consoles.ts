import { z } from 'zod';
import { procedure } from './procedure.ts';

/**
 * A console is an append-only byte log. Its id names its owner: `guest/ID/serial0` for a guest,
 * `run/ID/INDEX/serial0` for one boot of a measurement.
 */
export const consoleId = z.string().regex(/^(guest\/[a-z0-9-]+|run\/[a-z0-9-]+\/\d+)\/serial\d$/);

/** `first` is the oldest byte that is kept, `end` the offset after the newest; both grow only. */
export const consoleState = z.object({
  id: consoleId,
  first: z.number().int().nonnegative(),
  end: z.number().int().nonnegative(),
  writable: z.boolean(),
});
export type ConsoleState = z.infer<typeof consoleState>;

/** A point in a console at which time is known: the byte at `offset` arrived at `atMs` (Unix time). */
export const timeMark = z.object({ offset: z.number().int().nonnegative(), atMs: z.number() });
export type TimeMark = z.infer<typeof timeMark>;

const found = z.object({ offset: z.number().int(), line: z.string(), atMs: z.number().nullable() });

export const consoles = {
  list: procedure.output(z.array(consoleState)),
  get: procedure.input(z.object({ id: consoleId })).output(consoleState),
  /**
   * A window of an older part, for the virtual log: at most `bytes` bytes from `from`, as Base64, and the marks inside.
   * A line that is cut by the window is given cut; the reader asks for more.
   */
  read: procedure
    .input(z.object({ id: consoleId, from: z.number().int().nonnegative(), bytes: z.number().int().min(1).max(1_048_576) }))
    .output(z.object({ from: z.number().int(), base64: z.string(), marks: z.array(timeMark) })),
  /** Searches the whole log on the lab's side; `pattern` is plain text or a regular expression. */
  search: procedure
    .input(z.object({ id: consoleId, pattern: z.string().min(1).max(500), kind: z.enum(['text', 'expression']), limit: z.number().int().min(1).max(10_000) }))
    .output(z.object({ matches: z.array(found), complete: z.boolean() })),
  /** Types into the guest; the bytes are queued in order and never lost, at most 64 KiB a call. */
  write: procedure.input(z.object({ id: consoleId, base64: z.string().max(90_000) })),
};

/*
 * The raw channel beside the contract carries console bytes: a WebSocket (or relayed port) at
 * `/console?id=ID&from=OFFSET`. From the lab each binary frame is an unsigned 64-bit big-endian offset and
 * the bytes from there; from the viewer a binary frame is input, and a text frame is an acknowledgement.
 * At most UNACKNOWLEDGED_BYTES are sent ahead of the last acknowledgement.
 */
export const UNACKNOWLEDGED_BYTES = 512 * 1024;
export const acknowledgement = z.object({ acknowledged: z.number().int().nonnegative() });
