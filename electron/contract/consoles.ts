import { z } from 'zod';
import { identifier } from './primitives.ts';
import { procedure, stream } from './procedure.ts';

/**
 * A console is an append-only byte log. Its id names its owner: `guest/ID/serial0` to `serial3` for a guest's serial ports,
 * `guest/ID/monitor` for QEMU's monitor, `guest/ID/ssh0` and on for logins, `guest/ID/shell0` and on for shells in the
 * container of a guest, `run/ID/INDEX/serial0` for one boot of a measurement.
 */
export const consoleId = z.string().regex(/^(guest\/[a-z0-9-]+\/(serial[0-3]|monitor|(ssh|shell)\d{1,2})|run\/[a-z0-9-]+\/\d+\/serial\d)$/);

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

/** The consoles of a guest that there are, and how many viewers each has by its id; `screen` is the guest's screen. */
export const guestConsoles = z.object({ consoles: z.array(consoleState), viewers: z.record(z.string(), z.number().int().nonnegative()) });
export type GuestConsoles = z.infer<typeof guestConsoles>;

const found = z.object({ offset: z.number().int(), line: z.string(), atMs: z.number().nullable() });

export const consoles = {
  list: procedure.output(z.array(consoleState)),
  get: procedure.input(z.object({ id: consoleId })).output(consoleState),
  /** The consoles of one guest now, and anew whenever one comes, goes, opens or closes, or a viewer does. */
  watch: procedure.input(z.object({ guest: identifier })).output(stream(guestConsoles)),
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
  /**
   * Opens what a guest does not have by itself: its monitor (once; asked again it answers the same), an SSH login, or a shell in
   * its container. Throws GUEST_BUSY for a guest that does not run and SESSION_UNAVAILABLE where it cannot be. A login throws
   * HOST_KEY_CHANGED when the guest has another key than before, unless that one is to be forgotten (`newHostKey`).
   */
  open: procedure.input(z.object({ guest: identifier, kind: z.enum(['monitor', 'ssh', 'shell']), newHostKey: z.boolean().default(false) })).output(consoleState),
  /** Ends a login or shell; its log stays. */
  close: procedure.input(z.object({ id: consoleId })),
  /** Tells a login or shell the size of its terminal. */
  resize: procedure.input(z.object({ id: consoleId, columns: z.number().int().min(2).max(1_000), rows: z.number().int().min(1).max(1_000) })),
  /** Carries out one line in the monitor, which is opened for it; it is in the monitor's log as if it were typed. */
  command: procedure.input(z.object({ guest: identifier, line: z.string().min(1).max(16_384) })).output(z.object({ text: z.string(), ok: z.boolean() })),
  /** How a line of the monitor may go on: the words that fit at its end, and help for the command. */
  complete: procedure
    .input(z.object({ guest: identifier, line: z.string().max(1_000) }))
    .output(z.object({ from: z.number().int(), words: z.array(z.string()), help: z.string().nullable() })),
  /** The whole log as text without control sequences, or as an asciicast (version 2) with its times; a part at a time. */
  export: procedure
    .input(z.object({ id: consoleId, format: z.enum(['bytes', 'text', 'asciicast']), from: z.number().int().nonnegative() }))
    .output(z.object({ base64: z.string(), next: z.number().int().nullable() })),
  /** The public half of the key that Petri logs in with, and what to type in a guest to allow it. */
  sshKey: procedure.output(z.object({ publicKey: z.string(), line: z.string() })),
};

/*
 * A guest's screen is another raw channel: `/screen?guest=ID` carries the bytes of RFB (RFC 6143) in binary frames, both ways,
 * as noVNC speaks them. Each viewer has a connection of its own to QEMU; nothing is kept and nothing replayed.
 *
 * The raw channel beside the contract carries console bytes: a WebSocket (or relayed port) at
 * `/console?id=ID&from=OFFSET`. From the lab each binary frame is an unsigned 64-bit big-endian offset and
 * the bytes from there; from the viewer a binary frame is input, and a text frame is an acknowledgement.
 * At most UNACKNOWLEDGED_BYTES are sent ahead of the last acknowledgement.
 */
export const UNACKNOWLEDGED_BYTES = 512 * 1024;
export const acknowledgement = z.object({ acknowledged: z.number().int().nonnegative() });
