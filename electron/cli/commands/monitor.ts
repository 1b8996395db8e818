import { createInterface, type Interface } from 'node:readline/promises';
import type { ReadStream } from 'node:tty';
import type { Connection } from '../../client/connectLab.ts';
import type { LabClient } from '../../contract/contract.ts';
import { monitorWarning, type MonitorWarning } from '../../core/consoles/monitor/monitorWarnings.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { printable } from '../run/failures.ts';
import { findGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';

export interface MonitorOptions {
  /** Does not ask before a command that destroys. */
  readonly yes?: boolean;
}

const PROMPT = '(qemu) ';
const titles: Readonly<Record<MonitorWarning['kind'], string>> = {
  guest: 'ends or endangers the guest', data: 'changes or loses data', petri: 'breaks Petri’s hold on the machine', host: 'reaches out to this computer',
};

function openPrompt(keyboard: ReadStream, client: LabClient, guest: string): Interface {
  return createInterface({
    input: keyboard,
    output: process.stderr,
    prompt: PROMPT,
    completer: async (line: string): Promise<[string[], string]> => {
      const { from, words } = await client.consoles.complete({ guest, line }).catch(() => ({ from: 0, words: [] }));
      return [words.length === 1 ? words.map((word) => `${word} `) : words, line.slice(from)];
    },
  });
}

/** Whether the person wants it all the same; nobody who is asked nothing does. */
async function confirmed({ terminal }: Context, line: string, ask: ((question: string) => Promise<string>) | null): Promise<boolean> {
  const warning = monitorWarning(line);
  if (warning === null) return true;
  terminal.report(`"${line}" ${titles[warning.kind]}: ${warning.says}`);
  if (ask !== null) return /^y(es)?$/i.test(await ask('Carry it out? [y/N] '));
  terminal.report('Nothing was done. Add --yes to carry it out.');
  return false;
}

async function runOne(context: Context, client: LabClient, guest: string, line: string, { yes = false }: MonitorOptions, keyboard: ReadStream): Promise<Result> {
  const prompt = !yes && keyboard.isTTY ? createInterface({ input: keyboard, output: process.stderr }) : null;
  try {
    if (!yes && !(await confirmed(context, line, prompt === null ? null : (question) => prompt.question(question)))) return { json: { text: '', ok: false }, text: '', exitCode: exitCodes.negative };
  } finally {
    prompt?.close();
  }
  const answer = await client.consoles.command({ guest, line });
  return { json: answer, text: printable(answer.text), exitCode: answer.ok ? exitCodes.ok : exitCodes.negative };
}

/** Prints what QEMU tells by itself until the line is closed. */
async function printEvents({ terminal }: Context, { client, openConsole }: Connection, guest: string, prompt: Interface): Promise<{ close(): void }> {
  const { id, end } = await client.consoles.open({ guest, kind: 'monitor' });
  const stream = await openConsole(id, end);
  const read = async (): Promise<void> => {
    for await (const { bytes } of stream) {
      const told = Buffer.from(bytes).toString('utf8').split('\r\n').filter((line) => /^(event [A-Z_]+|QEMU ended)/.test(line));
      for (const line of told) terminal.report(printable(line));
      if (told.length > 0) prompt.prompt(true);
      if (told.some((line) => line.startsWith('QEMU ended'))) prompt.close();
    }
  };
  // A lab that goes away ends the prompt; the next command would say so.
  read().catch(() => prompt.close());
  return stream;
}

async function converse(context: Context, connection: Connection, guest: string, { yes = false }: MonitorOptions, keyboard: ReadStream): Promise<Result> {
  const { client } = connection;
  const prompt = openPrompt(keyboard, client, guest);
  const stream = await printEvents(context, connection, guest, prompt);
  const leave = (): void => prompt.close();
  context.cancelled.addEventListener('abort', leave, { once: true });
  try {
    prompt.prompt();
    for await (const typed of prompt) {
      const line = typed.trim();
      if (line !== '' && (yes || (await confirmed(context, line, (question) => prompt.question(question))))) {
        const { text } = await client.consoles.command({ guest, line });
        if (text !== '') context.terminal.print(printable(text));
      }
      prompt.prompt();
    }
  } finally {
    stream.close();
    prompt.close();
    context.cancelled.removeEventListener('abort', leave);
  }
  return { json: undefined, text: '', exitCode: exitCodes.ok };
}

/** Carries out one command in QEMU's monitor, or opens a prompt with history and completion. */
export function monitor(context: Context, word: string, words: readonly string[], options: MonitorOptions, keyboard: ReadStream = process.stdin): Promise<Result> {
  return withLab(context.lab, async (connection) => {
    const { definition } = await findGuest(connection.client, word);
    const line = words.join(' ');
    if (line !== '') return runOne(context, connection.client, definition.id, line, options, keyboard);
    if (keyboard.isTTY) context.terminal.report(`${definition.name}: Tab completes, Ctrl-D leaves.`);
    return converse(context, connection, definition.id, options, keyboard);
  });
}
