import { createConnection, type Socket } from 'node:net';
import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import type { Qmp, QmpEvent } from '../../core/guests/machine.ts';

/** QEMU answers in under a millisecond; ten seconds are for a host that swaps. */
const ANSWER_LIMIT_MS = 10_000;
/** QEMU's longest answer (its own schema) has 200 kB; a program that never ends a line must not fill the memory. */
const LINE_LIMIT_CHARACTERS = 4 * 1024 * 1024;

const message = z.object({
  QMP: z.unknown().optional(),
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ class: z.string(), desc: z.string() }).optional(),
  event: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
type Message = z.infer<typeof message>;

interface PendingCall {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: DeclaredError) => void;
  readonly timer: NodeJS.Timeout;
}

function failed(command: string, reason: string, timeoutMs: number | null = null): DeclaredError<'QMP_FAILED'> {
  return new DeclaredError('QMP_FAILED', { command, reason, timeoutMs });
}

function parseMessage(line: string): Message | null {
  try {
    return message.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Cuts a stream into lines and parses each as a QMP message; calls `onGarbage` at the first that is none. */
function readMessages(socket: Socket, onMessage: (received: Message) => void, onGarbage: (reason: string) => void): void {
  let pieces: string[] = [];
  let waiting = 0;
  const refuse = (text: string): void => onGarbage(`not a QMP message: ${JSON.stringify(text.slice(0, 80))}`);
  const take = (line: string): void => {
    if (line.trim() === '') return;
    const received = parseMessage(line);
    if (received === null) refuse(line);
    else onMessage(received);
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    if (!chunk.includes('\n')) {
      pieces.push(chunk);
      waiting += chunk.length;
      if (waiting > LINE_LIMIT_CHARACTERS) refuse(pieces[0] ?? '');
      return;
    }
    const lines = [...pieces, chunk].join('').split('\n');
    pieces = [lines.pop() ?? ''];
    waiting = pieces[0]?.length ?? 0;
    lines.forEach(take);
  });
}

/** The calls that wait for an answer; each ends exactly once: by its answer, its time limit or the end of the socket. */
function createPendingCalls() {
  const calls = new Map<number, PendingCall>();
  let lastId = 0;
  const take = (id: number): PendingCall | undefined => {
    const call = calls.get(id);
    calls.delete(id);
    clearTimeout(call?.timer);
    return call;
  };
  return {
    add(command: string, timeoutMs: number, send: (id: number) => void): Promise<unknown> {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => take(id)?.reject(failed(command, 'no answer', timeoutMs)), timeoutMs);
        calls.set(id, { command, resolve, reject, timer });
        send(id);
      });
    },
    answer({ id, error, return: value }: Message): void {
      const call = id === undefined ? undefined : take(id);
      if (error === undefined) call?.resolve(value);
      else call?.reject(failed(call.command, `${error.class}: ${error.desc}`));
    },
    failAll(reason: string): void {
      for (const [id, { command }] of calls) take(id)?.reject(failed(command, reason));
    },
  };
}

/** Connects to a Unix socket; the error is that of the system, with its code. */
export function connectSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/**
 * Negotiates with QEMU's monitor on a connected socket. QEMU serves one client at a time, so the caller must be the
 * only one. Source: docs/interop/qmp-spec.txt of QEMU. Throws QMP_FAILED, and then the socket is closed.
 */
export async function openQmp(socket: Socket, timeoutMs = ANSWER_LIMIT_MS): Promise<Qmp> {
  const pending = createPendingCalls();
  const listeners = new Set<(event: QmpEvent) => void>();
  const greeting = Promise.withResolvers<undefined>();
  const closed = Promise.withResolvers<undefined>();
  let end = 'QEMU closed its monitor';
  const hangUp = (reason: string): void => {
    end = reason;
    socket.destroy();
  };
  const receive = (received: Message): void => {
    if (received.QMP !== undefined) greeting.resolve(undefined);
    else if (received.event === undefined) pending.answer(received);
    else for (const listener of [...listeners]) listener({ name: received.event, data: received.data ?? {} });
  };
  const execute: Qmp['execute'] = (command, parameters, limitMs = ANSWER_LIMIT_MS) => {
    if (socket.destroyed) return Promise.reject(failed(command, end));
    return pending.add(command, limitMs, (id) => {
      socket.write(`${JSON.stringify({ execute: command, ...(parameters && { arguments: parameters }), id })}\n`);
    });
  };

  readMessages(socket, receive, hangUp);
  socket.on('error', (error) => (end = error.message));
  socket.on('close', () => {
    pending.failAll(end);
    greeting.reject(failed('connect', end));
    closed.resolve(undefined);
  });
  const timer = setTimeout(() => greeting.reject(failed('connect', 'no greeting', timeoutMs)), timeoutMs);
  try {
    await greeting.promise;
    await execute('qmp_capabilities', undefined, timeoutMs);
  } catch (error) {
    hangUp('the connection was given up');
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    execute,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    closed: closed.promise,
    close: () => hangUp('the lab closed the monitor'),
  };
}
