import { spawn } from 'node:child_process';
import { once } from 'node:events';

// What Petri adds so that it can talk to QEMU and watch it; the machine is what remains.
const additions = ['-name', '-uuid', '-chardev', '-mon', '-serial', '-trace', '-qmp', '-pidfile'];

/** Petri's command without Petri: the same machine with its serial port on stdout. */
export function bareCommand(argv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '-S') continue;
    if (additions.includes(word)) at += 1;
    else kept.push(word);
  }
  return [...kept, '-serial', 'stdio'];
}

export interface BareBoot {
  /** Milliseconds from the spawn to the first byte and to the prompt. */
  readonly firstByteMs: number;
  readonly promptMs: number;
}

/** Boots once as a person with a stopwatch would: from the spawn, reading the pipe. */
export async function bootBare(argv: readonly string[], prompt = 'petri# '): Promise<BareBoot> {
  const [program = '', ...args] = argv;
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = once(child, 'exit');
  let [text, firstByteMs] = ['', 0];
  try {
    for await (const chunk of child.stdout) {
      const now = performance.now() - began;
      if (text === '') firstByteMs = now;
      text += String(chunk);
      if (text.includes(prompt)) return { firstByteMs, promptMs: now };
    }
    throw new Error(`QEMU ended before the prompt: ${text}`);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}
