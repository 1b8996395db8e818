import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { bareCommand } from './bareQemu.ts';

export interface BareMonitor {
  /** Carries out a command of the human monitor; what it says is an error. */
  human(command: string): Promise<void>;
  close(): Promise<void>;
}

/** A QEMU that nobody but this program speaks to, with the machine of a guest and its own qcow2 disk. */
export async function startBareMonitor(argv: readonly string[], folder: string, image: string): Promise<BareMonitor> {
  const [program = '', ...args] = bareCommand(argv);
  const own = args.map((word) => (word.includes('"node-name":"disk0"') ? JSON.stringify({ driver: 'qcow2', 'node-name': 'disk0', file: { driver: 'file', filename: image } }) : word));
  const socket = join(folder, 'bare');
  const child = spawn(program, [...own, '-qmp', `unix:${socket},server=on,wait=on`], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const line = await connect(socket);
  const answers = createInterface({ input: line })[Symbol.asyncIterator]();
  const execute = async (command: string, parameters: object = {}): Promise<unknown> => {
    line.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    for (;;) {
      const { value } = (await answers.next()) as { value: string };
      const message = JSON.parse(value) as { return?: unknown; error?: { desc: string } };
      if (message.error !== undefined) throw new Error(message.error.desc);
      if ('return' in message) return message.return;
    }
  };
  await answers.next();
  await execute('qmp_capabilities');
  for await (const chunk of child.stdout) if (String(chunk).includes('petri# ')) break;
  const human = async (command: string): Promise<void> => {
    const words = (await execute('human-monitor-command', { 'command-line': command })) as string;
    if (words !== '') throw new Error(words);
  };
  return {
    human,
    async close() {
      child.kill('SIGKILL');
      await ended;
      line.destroy();
    },
  };
}

async function connect(socket: string): Promise<Socket> {
  for (;;) {
    const line = createConnection(socket);
    try {
      await once(line, 'connect');
      return line;
    } catch {
      await wait(5); // Nothing tells when a program that one has started listens.
    }
  }
}
