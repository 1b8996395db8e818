import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn as spawnInTerminal, type IPty } from 'node-pty';
import { watchForLeaks, type LeakWatch } from './leaks.ts';

const program = join(import.meta.dirname, '../../electron/cli/index.ts');

export interface Finished {
  readonly exitCode: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Started {
  /** Resolves with everything on stderr and stdout so far as soon as it matches. */
  until(pattern: RegExp): Promise<string>;
  interrupt(): void;
  readonly finished: Promise<Finished>;
}

/** A lab closes its door a moment before its process is gone; what is there after this is left behind. */
const ENDING_MS = 10_000;

async function whatStays(leaks: LeakWatch): Promise<string[]> {
  const until = Date.now() + ENDING_MS;
  for (;;) {
    const { processes, sockets } = leaks.list();
    const left = [...processes, ...sockets];
    if (left.length === 0 || Date.now() > until) return left;
    // The lab is no child of this process: nothing tells of its end.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The command line on a data directory of its own; `close` ends its lab and guests and sees that nothing is left. */
export interface CommandLine {
  readonly folder: string;
  start(...args: string[]): Started;
  run(...args: string[]): Promise<Finished>;
  inTerminal(...args: string[]): IPty;
  close(): Promise<void>;
}

export function makeCommandLine(environment: NodeJS.ProcessEnv = {}): CommandLine {
  const folder = mkdtempSync(join(tmpdir(), 'petri-'));
  const runtime = join(folder, 'run');
  const env = { ...process.env, PETRI_DATA: join(folder, 'data'), XDG_RUNTIME_DIR: runtime, PETRI_IDLE_SECONDS: '30', NO_COLOR: '1', ...environment };
  const leaks = watchForLeaks([folder]);

  function start(...args: string[]): Started {
    const child = spawn(process.execPath, [program, ...args], { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, error] = ['', ''];
    const waiting = new Set<() => void>();
    const heard = (): void => waiting.forEach((look) => look());
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); heard(); });
    child.stderr.on('data', (chunk: Buffer) => { error += chunk.toString(); heard(); });
    const finished = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, out, error }));
    const until = (pattern: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(error + out)) return;
          waiting.delete(look);
          resolve(error + out);
        };
        waiting.add(look);
        void finished.then(() => reject(new Error(`it ended without ${String(pattern)}: ${error}${out}`)));
        look();
      });
    return { until, interrupt: () => child.kill('SIGINT'), finished };
  }

  const run = (...args: string[]): Promise<Finished> => start(...args).finished;
  return {
    folder,
    start,
    run,
    inTerminal: (...args) => spawnInTerminal(process.execPath, [program, ...args], { env: { ...env, TERM: 'xterm' }, cwd: '/', cols: 100, rows: 30 }),
    async close() {
      const { exitCode, error } = await run('stop', '--lab', '--kill');
      if (exitCode !== 0) throw new Error(`the lab did not end: ${error}`);
      const alive = await whatStays(leaks);
      rmSync(folder, { recursive: true, force: true });
      if (alive.length > 0) throw new Error(`left behind:\n${alive.join('\n')}`);
    },
  };
}
