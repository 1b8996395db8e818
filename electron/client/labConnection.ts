import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { WebSocket } from 'ws';
import type { LabClient } from '../contract/contract.ts';
import type { Hello } from '../contract/system.ts';
import { CONTRACT_VERSION } from '../contract/version.ts';
import { openChannel, unreachable } from './channels.ts';
import { openConsole, type ConsoleStream } from './consoleStream.ts';
import { declaredError } from './failures.ts';

export type ShellName = 'electron' | 'terminal' | 'test';

/** A shell's line to a lab. */
export interface Connection {
  readonly client: LabClient;
  readonly hello: Hello;
  readonly socketPath: string;
  /** A console's bytes from offset `from` on, past and future. Reading rejects with NOT_FOUND. */
  openConsole(id: string, from: number): Promise<ConsoleStream>;
  /** Another raw channel of the same lab, for a shell that only relays frames. */
  openChannel(channel: string): Promise<WebSocket>;
  /** Resolves when the line is gone, whoever ended it. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** Opens the line without a hello: for asking a lab of another version to end. */
export async function openLine(socketPath: string) {
  const socket = await openChannel(socketPath, 'rpc');
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  // ws has the browser's events, which is all that the link uses; only the two type declarations differ.
  const client: LabClient = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
  const close = (): Promise<void> => {
    socket.close(1000);
    return closed;
  };
  return { client, closed, close };
}

/** Opens the line and says hello. Rejects with LAB_UNREACHABLE or VERSION_MISMATCH. */
export async function connectToSocket(socketPath: string, shell: ShellName, build: string): Promise<Connection> {
  const line = await openLine(socketPath);
  try {
    const hello = await line.client.system.hello({ contract: CONTRACT_VERSION, build, shell });
    return {
      ...line,
      hello,
      socketPath,
      openConsole: (id, from) => openConsole(socketPath, id, from),
      openChannel: (channel) => openChannel(socketPath, channel),
    };
  } catch (error) {
    await line.close();
    // A lab that ends closes the line in the middle of the call: nobody answers, as if it had ended before.
    throw declaredError(error) ?? unreachable(socketPath, error instanceof Error ? error.message : String(error));
  }
}
