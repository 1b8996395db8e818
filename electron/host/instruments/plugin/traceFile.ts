import { watch } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { DeclaredError } from '../../../contract/errors.ts';
import { createTraceDecoder, type TraceDecoder } from '../../../core/traces/traceDecoder.ts';
import type { TraceEvent } from '../../../core/traces/traceEvent.ts';

const READ_BYTES = 1024 * 1024;

function refuseDamage(path: string, decoder: TraceDecoder): void {
  const damage = decoder.damage();
  if (damage !== null) throw new DeclaredError('TRACE_DAMAGED', { path, ...damage });
}

/** What is in the file by now behind a position, decoded. */
async function* readFrom(file: FileHandle, position: { at: number }, decoder: TraceDecoder): AsyncGenerator<TraceEvent> {
  for (;;) {
    // Events point into it, and whoever takes them may keep them: each part has its own.
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position.at);
    if (bytesRead === 0) return;
    position.at += bytesRead;
    yield* decoder.take(buffer.subarray(0, bytesRead));
  }
}

/** The events of a trace that is not written any more. Throws TRACE_DAMAGED behind the events that were whole. */
export async function* readTraceFile(path: string, decoder: TraceDecoder = createTraceDecoder()): AsyncGenerator<TraceEvent> {
  const file = await open(path, 'r');
  try {
    yield* readFrom(file, { at: 0 }, decoder);
    refuseDamage(path, decoder);
  } finally {
    await file.close();
  }
}

/**
 * The events of a trace that grows, as they come, until `over` resolves and all of it was read; the plugin writes each 100 ms.
 * Throws TRACE_DAMAGED.
 */
export async function* followTraceFile(path: string, over: Promise<unknown>, decoder: TraceDecoder = createTraceDecoder()): AsyncGenerator<TraceEvent> {
  const file = await open(path, 'r');
  let [isOver, hasGrown] = [false, Promise.withResolvers<undefined>()];
  const watcher = watch(path, () => hasGrown.resolve(undefined));
  const end = over.then(() => {
    isOver = true;
    hasGrown.resolve(undefined);
  });
  const position = { at: 0 };
  try {
    for (let isLast = false; !isLast; ) {
      isLast = isOver;
      hasGrown = Promise.withResolvers();
      if (isOver) hasGrown.resolve(undefined);
      yield* readFrom(file, position, decoder);
      refuseDamage(path, decoder);
      if (!isLast) await hasGrown.promise;
    }
    await end;
  } finally {
    watcher.close();
    await file.close();
  }
}
