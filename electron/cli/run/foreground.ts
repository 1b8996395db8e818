import { once } from 'node:events';
import type { Connection } from '../../client/connectLab.ts';
import type { Guest } from '../../contract/guests.ts';
import type { Context } from './context.ts';

/** Copies what a guest prints, from its start on, line by line behind its name when there are several. */
async function follow({ terminal }: Context, stream: AsyncIterable<{ bytes: Uint8Array }>, prefix: string): Promise<void> {
  let line = '';
  const decoder = new TextDecoder();
  for await (const { bytes } of stream) {
    if (prefix === '') {
      terminal.write(bytes);
      continue;
    }
    const lines = (line + decoder.decode(bytes, { stream: true })).split('\n');
    line = lines.pop() ?? '';
    for (const whole of lines) terminal.print(`${prefix} | ${whole.replace(/\r$/, '')}`);
  }
  if (line !== '') terminal.print(`${prefix} | ${line}`);
}

async function allStopped({ client }: Connection, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const running = new Set(ids);
  for await (const event of await client.guests.watch(undefined, { signal })) {
    const guests = event.type === 'snapshot' ? event.guests : event.type === 'changed' ? [event.guest] : [];
    for (const { definition, runtime, restarts } of guests) if (runtime.state === 'stopped' && restarts.nextAt === null) running.delete(definition.id);
    if (running.size === 0) return;
  }
}

/** Shows the consoles of guests until all of them have stopped; Ctrl-C powers them down first. */
export async function stayInForeground(context: Context, connection: Connection, guests: readonly Guest[]): Promise<void> {
  const { cancelled, terminal } = context;
  const ids = guests.map(({ definition }) => definition.id);
  const over = new AbortController();
  const streams = await Promise.all(ids.map(async (id) => connection.openConsole(`guest/${id}/serial0`, (await connection.client.consoles.get({ id: `guest/${id}/serial0` })).first)));
  const copies = streams.map((stream, index) => follow(context, stream, guests.length > 1 ? (ids[index] ?? '') : ''));
  const stopped = allStopped(connection, ids, over.signal);
  const asked = cancelled.aborted ? Promise.resolve() : once(cancelled, 'abort', { signal: over.signal });
  try {
    const how = await Promise.race([stopped.then(() => 'stopped'), asked.then(() => 'asked')]);
    if (how === 'stopped') return;
    terminal.report('powering down …');
    await Promise.all(ids.map((id) => connection.client.guests.powerDown({ id }).catch(() => undefined)));
  } finally {
    over.abort();
    await Promise.allSettled([stopped, asked]);
    for (const stream of streams) stream.close();
    await Promise.allSettled(copies);
  }
}
