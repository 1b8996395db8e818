import type { ReadStream } from 'node:tty';
import type { ConsoleStream } from '../../client/connectLab.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';

/** Ctrl-] as in telnet and virsh: no shell and no editor uses it. */
export const ESCAPE_BYTE = 0x1d;
export const ESCAPE_NAME = 'Ctrl-]';

/** Names a console of a guest; its first serial port when nothing is said. */
export interface WhichConsole {
  /** From 1. */
  readonly port?: number;
  /** The last part of the console's id, such as `monitor`. */
  readonly console?: string;
}

export function consoleOf(guest: string, { port = 1, console: name }: WhichConsole): string {
  return `guest/${guest}/${name ?? `serial${port - 1}`}`;
}

export interface ConsoleOptions extends WhichConsole {
  /** An offset, or `end` for only what comes from now on. */
  readonly from: number | 'end';
  /** Prints what is there and ends. */
  readonly follow: boolean;
}

/** What a piece of input means: bytes for the guest, and whether the person leaves. */
export function splitAtEscape(bytes: Uint8Array): { readonly forGuest: Uint8Array; readonly leaves: boolean } {
  const at = bytes.indexOf(ESCAPE_BYTE);
  return at === -1 ? { forGuest: bytes, leaves: false } : { forGuest: bytes.subarray(0, at), leaves: true };
}

/** Sends keys to the guest until the escape key, which calls `leave`; gives the terminal back when it is disposed. */
export function typeInto(stream: ConsoleStream, keyboard: ReadStream, leave: () => void): { dispose(): void } {
  const raw = keyboard.isTTY;
  const type = (bytes: Buffer): void => {
    const { forGuest, leaves } = splitAtEscape(bytes);
    if (forGuest.length > 0) stream.write(forGuest);
    if (leaves) leave();
  };
  if (raw) keyboard.setRawMode(true);
  keyboard.on('data', type);
  return {
    dispose: () => {
      keyboard.off('data', type);
      if (raw) keyboard.setRawMode(false);
      keyboard.pause();
    },
  };
}

/** Copies the console to stdout; without `follow` it ends where the log ended when it was asked. */
async function copy({ terminal }: Context, stream: ConsoleStream, end: number | null): Promise<void> {
  if (end === 0) return;
  for await (const { offset, bytes } of stream) {
    terminal.write(end === null ? bytes : bytes.subarray(0, Math.max(0, end - offset)));
    if (end !== null && offset + bytes.length >= end) return;
  }
}

/** Attaches this terminal to a guest's serial console: first what it printed before, then live, with keys going to it. */
export function console(context: Context, word: string, options: ConsoleOptions, keyboard: ReadStream = process.stdin): Promise<Result> {
  const { terminal, lab, cancelled } = context;
  const { from, follow } = options;
  return withLab(lab, async (connection) => {
    const { client } = connection;
    const { definition } = await findGuest(client, word);
    const id = consoleOf(definition.id, options);
    const state = await client.consoles.get({ id });
    const stream = await connection.openConsole(id, from === 'end' ? state.end : Math.max(from, state.first));
    const close = (): void => stream.close();
    cancelled.addEventListener('abort', close, { once: true });
    const interactive = follow && keyboard.isTTY;
    if (interactive) terminal.report(`${definition.name}: you type into the guest. ${ESCAPE_NAME} leaves it running and returns here.`);
    const typing = interactive ? typeInto(stream, keyboard, close) : null;
    try {
      await copy(context, stream, follow ? null : state.end);
    } finally {
      typing?.dispose();
      stream.close();
      cancelled.removeEventListener('abort', close);
    }
    if (interactive) terminal.report(`\nleft ${definition.name}`);
    return { json: undefined, text: '', exitCode: exitCodes.ok };
  });
}
