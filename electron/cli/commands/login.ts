import type { ReadStream, WriteStream } from 'node:tty';
import type { LabClient } from '../../contract/contract.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { ESCAPE_NAME, typeInto } from './console.ts';

export interface LoginOptions {
  readonly newHostKey?: boolean;
  /** Prints the line that lets Petri in, and logs in nowhere. */
  readonly key?: boolean;
}

/** This terminal, or what a test gives in its place. */
export interface Person {
  readonly keyboard: ReadStream;
  readonly window: WriteStream;
}

/** Tells the login the size of this terminal, now and after each change; the answer stops that. */
function followSize(client: LabClient, id: string, window: WriteStream): () => void {
  const tell = (): void => {
    // One that ended meanwhile has no size.
    if (window.isTTY) client.consoles.resize({ id, columns: window.columns, rows: window.rows }).catch(() => undefined);
  };
  tell();
  window.on('resize', tell);
  return () => window.off('resize', tell);
}

/** Waits until the session is over, and answers where its log ends. */
async function endOf(client: LabClient, guest: string, id: string, signal: AbortSignal): Promise<number> {
  for await (const { consoles } of await client.consoles.watch({ guest }, { signal })) {
    const session = consoles.find((console) => console.id === id);
    if (session?.writable !== true) return session?.end ?? 0;
  }
  return Infinity;
}

/** Opens a login or a shell and attaches this terminal to it, until it ends or the escape key is pressed. */
export function login(context: Context, word: string, kind: 'ssh' | 'shell', { newHostKey = false, key }: LoginOptions, { keyboard, window }: Person = { keyboard: process.stdin, window: process.stdout }): Promise<Result> {
  const { terminal, lab, cancelled } = context;
  return withLab(lab, async (connection) => {
    const { client } = connection;
    const { definition } = await findGuest(client, word);
    if (key === true) {
      const allowed = await client.consoles.sshKey();
      return { json: allowed, text: allowed.line, exitCode: exitCodes.ok };
    }
    const { id } = await client.consoles.open({ guest: definition.id, kind, newHostKey });
    const name = id.slice(id.lastIndexOf('/') + 1);
    if (context.json) return { json: { id }, text: '', exitCode: exitCodes.ok };
    terminal.report(`${definition.name}: ${ESCAPE_NAME} leaves the ${kind === 'ssh' ? 'login' : 'shell'} open; come back with: petri console ${definition.id} --console ${name}`);
    const stream = await connection.openConsole(id, 0);
    const leaving = new AbortController();
    const leave = (): void => {
      leaving.abort();
      stream.close();
    };
    const stopFollowing = followSize(client, id, window);
    const typing = typeInto(stream, keyboard, leave);
    cancelled.addEventListener('abort', leave, { once: true });
    const log = { read: 0, end: Infinity };
    // A lab that goes away closes the stream too.
    endOf(client, definition.id, id, leaving.signal).then((end) => {
      log.end = end;
      if (log.read >= end) stream.close();
    }, () => undefined);
    try {
      for await (const { offset, bytes } of stream) {
        terminal.write(bytes);
        log.read = offset + bytes.length;
        if (log.read >= log.end) break;
      }
    } finally {
      typing.dispose();
      stopFollowing();
      cancelled.removeEventListener('abort', leave);
      leave();
    }
    return { json: undefined, text: '', exitCode: exitCodes.ok };
  });
}
