import { DeclaredError } from '../../contract/errors.ts';
import type { Hello, LoopbackAddress } from '../../contract/system.ts';
import type { Log } from '../log.ts';
import { fits, versionOf, type Version } from './hello.ts';

export type GuestsAtShutdown = 'leave' | 'powerDown' | 'kill';

/** The server's second door, which only a running server has. */
export interface LoopbackDoor {
  listen(port: number): Promise<LoopbackAddress>;
  stopListening(): Promise<void>;
}

export interface SystemService {
  /** Throws VERSION_MISMATCH for a shell of another version. */
  hello(shell: Version): Hello;
  /** Sees to the guests, resolves, and only then tells who waits for the end, so that the answer still goes out. */
  shutdown(guests: GuestsAtShutdown): Promise<void>;
  /** Calls the listener once a shell has asked the lab to end. */
  onShutdown(listener: () => void): void;
  /** The server says where `listen` leads. */
  attachDoor(door: LoopbackDoor): void;
  door(): LoopbackDoor;
}

export interface SystemDependencies {
  readonly build: string;
  readonly dataDirectory: string;
  readonly adopted: readonly string[];
  readonly endGuests: (guests: GuestsAtShutdown) => Promise<void>;
  readonly log: Log;
}

export function createSystem({ build, dataDirectory, adopted, endGuests, log }: SystemDependencies): SystemService {
  const lab = versionOf(build);
  const startedAt = new Date().toISOString();
  const listeners: (() => void)[] = [];
  let loopback: LoopbackDoor | undefined;

  return {
    hello(shell) {
      if (!fits(lab, shell)) {
        throw new DeclaredError('VERSION_MISMATCH', { labContract: lab.contract, labBuild: lab.build, shellContract: shell.contract, shellBuild: shell.build });
      }
      return { ...lab, pid: process.pid, dataDirectory, startedAt, adopted: [...adopted] };
    },
    async shutdown(guests) {
      log({ level: 'info', noun: 'system', message: `a shell asked the lab to end; guests: ${guests}` });
      await endGuests(guests);
      setImmediate(() => {
        for (const listener of listeners) listener();
      });
    },
    onShutdown(listener) {
      listeners.push(listener);
    },
    attachDoor(door) {
      loopback = door;
    },
    door() {
      if (loopback === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'door', id: 'loopback' });
      return loopback;
    },
  };
}
