import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Qmp } from '../../core/guests/machine.ts';
import { LOOPBACK } from './freePort.ts';

/** QEMU tells of its connections only when it is asked. */
const ASK_EVERY_MS = 50;

/** The state of our connection in `info usernet`, whose rows begin with `  TCP[STATE]  FD  source port  …`. */
function stateOf(table: string, ourPort: number): string | null {
  const row = table.split('\n').find((line) => new RegExp(`\\s${ourPort}\\s`).test(line));
  return row === undefined ? null : (/TCP\[(\w+)\]/.exec(row)?.[1] ?? null);
}

/**
 * Resolves when the guest itself accepts a connection through a forward. QEMU's network accepts on the host at once,
 * whether anybody listens in the guest or not, so its own table is asked. Rejects with the reason otherwise.
 */
export async function isForwardAnswered(qmp: Qmp, hostPort: number, guestPort: number, timeoutMs: number): Promise<void> {
  const limit = AbortSignal.timeout(timeoutMs);
  const socket = connect({ host: LOOPBACK, port: hostPort });
  const closed = new AbortController();
  socket.on('close', () => closed.abort());
  socket.on('error', () => undefined); // The close that follows tells it.
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([limit, closed.signal]) });
    for (;;) {
      if (closed.signal.aborted) throw new Error(`nothing in the guest listens on port ${guestPort}`);
      if (limit.aborted) throw new Error(`the guest did not answer on port ${guestPort} within ${timeoutMs} ms`);
      const table = String(await qmp.execute('human-monitor-command', { 'command-line': 'info usernet' }));
      if (stateOf(table, socket.localPort ?? 0) === 'ESTABLISHED') return;
      await wait(ASK_EVERY_MS);
    }
  } catch (error) {
    if (error instanceof Error && error.name !== 'AbortError') throw error;
    throw new Error(`port ${hostPort} of this host does not lead to the guest`, { cause: error });
  } finally {
    socket.destroy();
  }
}
