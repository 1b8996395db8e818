import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { DeclaredError, failure as failureSchema } from '../../electron/contract/errors.ts';
import type { PetriBridge } from '../../electron/preload/bridge.ts';
import type { LabClient } from '../../electron/contract/contract.ts';
import { encodeAcknowledgement, frameOf } from './frames.ts';
import type { ConsoleChannel, ConsoleListener, RpcChannel, ScreenChannel, ScreenListener, Transport } from './transport.ts';

declare global {
  interface Window {
    /** Put there by the preload script; absent in a browser. */
    petri?: PetriBridge;
  }
}

/**
 * One channel of the lab through the preload script. The port arrives as a message of the window, since a port cannot
 * pass the bridge; the answer of `open` is null, or the failure for which there is no port.
 */
export function openThroughBridge(bridge: PetriBridge, channel: string): Promise<MessagePort> {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const stop = (): void => window.removeEventListener('message', receive);
    function receive(event: MessageEvent<{ petriPort?: unknown } | null>): void {
      const [port] = event.ports;
      if (event.source !== window || event.data?.petriPort !== id || port === undefined) return;
      stop();
      resolve(port);
    }
    window.addEventListener('message', receive);
    bridge.open(id, channel).then(
      (answer) => {
        if (answer === null) return;
        stop();
        const declared = failureSchema.safeParse(answer);
        reject(declared.success ? new DeclaredError(declared.data.code, declared.data.details) : new Error('The shell gave no line to the lab.'));
      },
      (thrown: unknown) => {
        stop();
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  });
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

  async function openScreen(guest: string, listener: ScreenListener): Promise<ScreenChannel> {
    const port = await open(`screen?${new URLSearchParams({ guest }).toString()}`);
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof Uint8Array || data instanceof ArrayBuffer) listener.bytes(new Uint8Array(data));
    });
    port.addEventListener('close', () => listener.closed(LINE_CLOSED), { once: true });
    port.start();
    return { send: (bytes) => port.postMessage(new Uint8Array(bytes)), close: () => port.close() };
  }

  return { shell, openRpc, openConsole, openScreen };
}
