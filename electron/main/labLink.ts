import { connectLab, restartLab, type Connection } from '../client/connectLab.ts';
import { declaredError } from '../client/failures.ts';
import type { LabClient } from '../contract/contract.ts';
import { explain, type Failure } from '../contract/errors.ts';

declare const __PETRI_BUILD__: string | undefined;

const build = typeof __PETRI_BUILD__ === 'string' ? __PETRI_BUILD__ : 'development';

/** A raw channel of the lab: frames as they are, text or bytes. */
export interface LabChannel {
  send(frame: string | Uint8Array): void;
  onFrame(listener: (frame: string | Uint8Array) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

export interface LabLink {
  /** Finds or starts the lab and opens a channel, or says why there is none. */
  openChannel(channel: string): Promise<LabChannel | { readonly failure: Failure }>;
  /** The lab's procedures when there is a line to it; never starts one. */
  runningClient(): LabClient | null;
  close(): void;
}

/** How the link asks a person whether a lab of another version may be restarted. */
export type AskToRestart = (failure: Failure) => Promise<boolean>;

type Socket = Awaited<ReturnType<Connection['openChannel']>>;

function asChannel(socket: Socket): LabChannel {
  return {
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(frame, { binary: typeof frame !== 'string' });
    },
    onFrame: (listener) => {
      socket.on('message', (data: Buffer, isBinary) => listener(isBinary ? new Uint8Array(data) : data.toString('utf8')));
    },
    onClose: (listener) => {
      if (socket.readyState === socket.CLOSED) listener();
      socket.on('close', listener);
    },
    close: () => socket.close(1000),
  };
}

/**
 * One line to the lab, opened when the page first asks and opened anew when it was lost. Its own client is used for
 * nothing but the list of what runs.
 */
export function createLabLink(askToRestart: AskToRestart): LabLink {
  let line: Promise<Connection> | null = null;
  let current: Connection | null = null;

  async function connect(): Promise<Connection> {
    const options = { shell: 'electron', build } as const;
    try {
      return await connectLab({ ...options, start: true });
    } catch (error) {
      const failure = declaredError(error)?.failure;
      if (failure?.code !== 'VERSION_MISMATCH' || !(await askToRestart(failure))) throw error;
      return restartLab(options);
    }
  }

  function forget(): void {
    line = null;
    current = null;
  }

  async function connection(): Promise<Connection> {
    line ??= connect();
    try {
      const found = await line;
      if (current !== found) void found.closed.then(forget);
      current = found;
      return found;
    } catch (error) {
      forget();
      throw error;
    }
  }

  return {
    openChannel: async (channel) => {
      try {
        return asChannel(await (await connection()).openChannel(channel));
      } catch (error) {
        return { failure: declaredError(error)?.failure ?? { code: 'UNEXPECTED', details: { reference: String(error) } } };
      }
    },
    runningClient: () => current?.client ?? null,
    close: () => void current?.close(),
  };
}

/** The text of the question whether a lab of another version may be restarted. */
export function restartQuestion(failure: Failure): { message: string; detail: string } {
  const { what, evidence, fix } = explain(failure);
  return { message: what, detail: [...evidence, '', fix].join('\n') };
}
