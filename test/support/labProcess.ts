import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { LabClient } from '../../electron/contract/contract.ts';

export interface LabProcess {
  readonly pid: number;
  /** Calls one procedure by its dotted path, for example `guests.start`. */
  call(path: string, input?: unknown): Promise<unknown>;
  /** Ends it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/** The lab's own services in a process of its own, without its door, so that a test can kill it at any moment. */
export async function startLabProcess(options: { dataDirectory: string; runDirectory: string; environment?: NodeJS.ProcessEnv }): Promise<LabProcess> {
  const root = join(import.meta.dirname, '../..');
  const program = join(root, 'test/support/labProcess/main.ts');
  const child: ChildProcess = spawn(join(root, 'node_modules/.bin/node'), [program, options.dataDirectory, options.runDirectory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.environment },
  });
  const answers = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const ready = Promise.withResolvers<undefined>();
  const gone = once(child, 'exit');
  let last = 0;
  if (child.stdout === null || child.stdin === null) throw new Error('the lab process has no pipes');
  const { stdin } = child;
  stdin.on('error', () => undefined); // It was killed: the exit tells it.
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as { ready?: true; id?: number; value?: unknown; error?: string };
    if (message.ready === true) ready.resolve(undefined);
    const answer = answers.get(message.id ?? -1);
    if (message.error === undefined) answer?.resolve(message.value);
    else answer?.reject(new Error(message.error));
  });
  void gone.then(() => {
    ready.reject(new Error('the lab process ended before it was ready'));
    for (const { reject } of answers.values()) reject(new Error('the lab process is gone'));
  });
  await ready.promise;
  return {
    pid: child.pid ?? -1,
    call(path, input) {
      last += 1;
      const id = last;
      return new Promise((resolve, reject) => {
        answers.set(id, { resolve, reject });
        stdin.write(`${JSON.stringify({ id, path, input })}\n`);
      });
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Follows a dotted path in a client to a procedure. */
export function procedureAt(client: LabClient, path: string): (input: unknown) => Promise<unknown> {
  let found: unknown = client;
  for (const name of path.split('.')) found = (found as Record<string, unknown>)[name];
  return found as (input: unknown) => Promise<unknown>;
}
