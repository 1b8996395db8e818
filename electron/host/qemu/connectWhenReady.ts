import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectSocket } from './qmp.ts';

async function isSocket(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isSocket();
  } catch {
    return false;
  }
}

/** Resolves when the socket's file exists. The watch begins before the first look, so that its birth is never missed. */
async function socketFile(path: string, signal: AbortSignal): Promise<void> {
  const appeared = Promise.withResolvers<undefined>();
  const look = (): void => void isSocket(path).then((found) => found && appeared.resolve(undefined));
  const giveUp = (): void => appeared.reject(signal.reason as Error);
  signal.throwIfAborted();
  const watcher = watch(dirname(path), (_event, name) => name === basename(path) && look());
  watcher.on('error', appeared.reject);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    look();
    await appeared.promise;
  } finally {
    signal.removeEventListener('abort', giveUp);
    watcher.close();
  }
}

/**
 * Connects to a socket that another process is about to open. Its file appears when it is bound, some microseconds
 * before it listens; nothing tells of the second, so a refusal in between is tried again after a millisecond.
 */
export async function connectWhenReady(path: string, signal: AbortSignal): Promise<Socket> {
  await socketFile(path, signal);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await connectSocket(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await wait(1);
    }
  }
}
