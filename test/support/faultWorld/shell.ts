import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../../electron/cli/index.ts');

/** A command line that runs, to be killed in the middle. */
export interface Shell {
  /** Resolves when what it printed matches. */
  until(pattern: RegExp): Promise<void>;
  /** Ends it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

export function startShell(...args: string[]): Shell {
  const child = spawn(process.execPath, [program, ...args], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let printed = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  return {
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(printed)) resolve();
        };
        listeners.add(look);
        void ended.then(() => reject(new Error(`the shell ended without ${String(pattern)}: ${printed}`)));
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
