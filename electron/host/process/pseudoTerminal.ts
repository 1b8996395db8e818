import { spawn } from 'node-pty';
import type { TerminalPort } from '../../core/consoles/bytePort.ts';

export interface PseudoTerminalOptions {
  readonly cwd: string;
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
}

/** A program in a terminal of its own. It gets SIGHUP when this process ends, however it ends. */
export interface PseudoTerminal extends TerminalPort {
  /** Resolves when the program is gone and all it printed was read; never rejects. */
  readonly ended: Promise<{ readonly exitCode: number; readonly signal: number | null }>;
}

/** Starts a program, without a shell, in a terminal. `file` is its path: node-pty does not tell when there is none. */
export function openPseudoTerminal(file: string, args: readonly string[], { cwd, env, columns, rows }: PseudoTerminalOptions): PseudoTerminal {
  // Without an encoding bytes come as they are; the declaration knows strings only.
  const terminal = spawn(file, [...args], { name: 'xterm-256color', cwd, env, cols: columns, rows, encoding: null });
  const early: Uint8Array[] = [];
  let listener = (bytes: Uint8Array): void => void early.push(bytes);
  let isOver = false;
  terminal.onData((data) => listener(data as unknown as Uint8Array));
  const ended = new Promise<{ exitCode: number; signal: number | null }>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      isOver = true;
      resolve({ exitCode, signal: signal === undefined || signal === 0 ? null : signal });
    });
  });
  return {
    ended,
    closed: ended.then(() => undefined),
    read(given) {
      listener = given;
      for (const bytes of early.splice(0)) given(bytes);
    },
    write(bytes) {
      if (isOver) return Promise.reject(new Error('the program has ended'));
      terminal.write(Buffer.from(bytes));
      return Promise.resolve();
    },
    resize: (newColumns, newRows) => {
      if (!isOver) terminal.resize(newColumns, newRows);
    },
    close: () => {
      if (!isOver) terminal.kill();
    },
  };
}
