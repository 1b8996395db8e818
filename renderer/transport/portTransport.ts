import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { LabClient } from '../../electron/contract/contract.ts';
import { encodeAcknowledgement, frameOf } from './frames.ts';
import type { ConsoleChannel, ConsoleListener, RpcChannel, Transport } from './transport.ts';

/** What the preload script puts on the window; `open` relays one channel of the lab over a port. */
export interface PetriBridge {
  readonly shell: 'electron';
  open(channel: string): Promise<MessagePort>;
  onMenuCommand(listener: (command: string) => void): void;
}

declare global {
  interface Window {
    petri?: PetriBridge;
  }
}

const LINE_CLOSED = 'the line to the lab closed';

function closedOf(port: MessagePort): Promise<string> {
  return new Promise((resolve) => port.addEventListener('close', () => resolve(LINE_CLOSED), { once: true }));
}

/** The lab's channels over message ports: relayed by Electron's main process, or direct in a test. */
export function portTransport(open: (channel: string) => Promise<MessagePort>, shell: 'electron' | 'test'): Transport {
  async function openRpc(): Promise<RpcChannel> {
    const port = await open('rpc');
    const closed = closedOf(port);
    const client: LabClient = createORPCClient(new RPCLink({ port }));
    port.start();
    return { client, closed, close: () => port.close() };
  }

  async function openConsole(id: string, from: number, listener: ConsoleListener): Promise<ConsoleChannel> {
    const port = await open(`console?${new URLSearchParams({ id, from: String(from) }).toString()}`);
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const frame = frameOf(data);
      if (frame !== null) listener.bytes(frame.offset, frame.bytes);
    });
    port.addEventListener('close', () => listener.closed(LINE_CLOSED), { once: true });
    port.start();
    return {
      send: (bytes) => port.postMessage(bytes),
      acknowledge: (offset) => port.postMessage(encodeAcknowledgement(offset)),
      close: () => port.close(),
    };
  }

  return { shell, openRpc, openConsole };
}
