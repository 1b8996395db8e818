import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { DeclaredError } from '../../../contract/errors.ts';

const totals = z.object({
  instructions: z.number().nullable(), calls: z.number(), returns: z.number(), faults: z.number(), spaceLoads: z.number(), interrupts: z.number(), dropped: z.number(),
  bytes: z.number(),
  /** Why the trace was cut; `errno` is 0 for the cap. */
  cut: z.object({ errno: z.number(), text: z.string() }).nullable(),
});
export type PluginTotals = z.infer<typeof totals>;

/** The plugin within a QEMU that runs. Each request throws PLUGIN_CONTROL_FAILED when it is not answered. */
export interface PluginControl {
  /** Opens or closes the window for writing; answers what was counted since the load, and everything is in the file. */
  begin(): Promise<PluginTotals>;
  stop(): Promise<PluginTotals>;
  totals(): Promise<PluginTotals>;
  addSymbol(symbol: { readonly address: bigint; readonly name: string; readonly mode: 'first' | 'every' | 'begin' | 'stop' }): Promise<void>;
  close(): void;
}

/** The plugin answers within milliseconds, or after it has written what it had; a full disk may need longer. */
const ANSWER_LIMIT_MS = 30_000;

function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(new DeclaredError('PLUGIN_CONTROL_FAILED', { action: 'connect', reason: error.message }, { cause: error })));
  });
}

/** Connects to the plugin's socket; QEMU has opened it before its monitor. */
export async function openPluginControl(path: string): Promise<PluginControl> {
  const socket = await connect(path);
  const waiting: { readonly action: string; readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] = [];
  const give = (reason: string): void => {
    for (const { action, reject } of waiting.splice(0)) reject(new DeclaredError('PLUGIN_CONTROL_FAILED', { action, reason }));
  };
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => waiting.shift()?.resolve(line));
  lines.on('error', () => undefined); // The socket's own end follows.
  socket.on('error', () => undefined); // `close` follows.
  socket.on('close', () => give('QEMU ended'));

  const ask = async (action: string): Promise<unknown> => {
    if (socket.destroyed) throw new DeclaredError('PLUGIN_CONTROL_FAILED', { action, reason: 'QEMU ended' });
    const timer = setTimeout(() => socket.destroy(), ANSWER_LIMIT_MS);
    try {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ action, resolve, reject });
        socket.write(`${action}\n`);
      });
      const answer = JSON.parse(line) as { readonly error?: string };
      if (answer.error !== undefined) throw new DeclaredError('PLUGIN_CONTROL_FAILED', { action, reason: answer.error });
      return answer;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    begin: async () => totals.parse(await ask('begin')),
    stop: async () => totals.parse(await ask('stop')),
    totals: async () => totals.parse(await ask('totals')),
    addSymbol: async ({ address, name, mode }) => {
      await ask(`symbol ${address.toString(16)} ${name} ${mode}`);
    },
    close: () => socket.destroy(),
  };
}
