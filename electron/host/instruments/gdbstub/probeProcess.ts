import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DeclaredError } from '../../../contract/errors.ts';
import { probeMessage, type ProbeCommand, type ProbeMessage, type ProbeOrder } from './probeMessages.ts';

export interface ProbeProcess {
  readonly pid: number;
  tell(command: ProbeCommand): void;
  /** Resolves with the first message of a kind. Throws DEBUGGER_FAILED when the process says that it failed, or ends before. */
  until<Kind extends ProbeMessage['kind']>(kind: Kind): Promise<Extract<ProbeMessage, { kind: Kind }>>;
  heard(kind: ProbeMessage['kind']): boolean;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
}

/**
 * Starts the process that holds the debugger port. It leads a session of its own: what ends the lab does not end it before it has let the
 * guest go.
 */
export function startProbeProcess(order: ProbeOrder, onMessage: (message: ProbeMessage) => void): ProbeProcess {
  const program = fileURLToPath(new URL('./probeWorker.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = once(child, 'close').then(() => undefined, () => undefined);
  const heard: ProbeMessage[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const look = (): void => [...waiting].forEach((wake) => wake());
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = probeMessage.parse(JSON.parse(line));
    heard.push(message);
    onMessage(message);
    look();
  });
  void gone.then(() => {
    ended = true;
    look();
  });
  child.on('error', () => undefined); // `gone` tells, and who waits hears of it.
  child.stdin.on('error', () => undefined);

  return {
    pid: child.pid ?? -1,
    gone,
    heard: (kind) => heard.some((message) => message.kind === kind),
    tell: (command) => void child.stdin.write(`${command}\n`),
    until: (kind) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          waiting.delete(wake);
          act();
        };
        const wake = (): void => {
          const found = heard.find((message) => message.kind === kind);
          const failure = heard.find((message) => message.kind === 'failed');
          if (found !== undefined) settle(() => resolve(found as never));
          else if (failure !== undefined) settle(() => reject(new DeclaredError('DEBUGGER_FAILED', { action: failure.action, reason: failure.reason })));
          else if (ended) settle(() => reject(new DeclaredError('DEBUGGER_FAILED', { action: 'debugger port', reason: 'the process that holds it ended' })));
        };
        waiting.add(wake);
        wake();
      }),
  };
}
