import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { RPCHandler } from '@orpc/server/message-port';
import { WebSocket } from 'ws';
import { openChannel } from '../../../electron/client/channels.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { TestLab } from '../../support/testLab.ts';

export interface Line {
  readonly client: LabClient;
  close(): Promise<void>;
}

function overSocket(socket: WebSocket): Line {
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return {
    client: createORPCClient(new SocketLink({ websocket: socket as unknown as globalThis.WebSocket })),
    close() {
      socket.close();
      return closed;
    },
  };
}

function overPort({ lab }: TestLab): Promise<Line> {
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(lab.router).upgrade(port1, { context: {} });
  port1.start();
  const client: LabClient = createORPCClient(new PortLink({ port: port2 }));
  port2.start();
  const closed = new Promise<void>((resolve) => port1.on('close', () => resolve()));
  return Promise.resolve({
    client,
    close() {
      port2.close();
      return closed;
    },
  });
}

async function overLoopback({ server }: TestLab): Promise<Line> {
  const { port, token } = await server.listen(0);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc?token=${token}`, { origin: `http://127.0.0.1:${port}` });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return overSocket(socket);
}

/** Every way to speak the contract to one lab. */
export const transports: readonly (readonly [name: string, open: (lab: TestLab) => Promise<Line>])[] = [
  ['an in-memory port', overPort],
  ['the Unix socket', async ({ socketPath }) => overSocket(await openChannel(socketPath, 'rpc'))],
  ['the loopback WebSocket', overLoopback],
];
