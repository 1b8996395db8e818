import { DeclaredError } from '../../contract/errors.ts';
import { connectScreenSocket, type ScreenSocket } from '../../host/consoles/screenSocket.ts';

export interface ScreensDependencies {
  /** The machine of a guest that runs. Throws NOT_FOUND for a guest that there is not. */
  readonly machineOf: (guest: string) => { readonly vncSocket: string | null } | undefined;
  /** Called when a viewer came or left. */
  readonly onChange?: (guest: string) => void;
}

/** The screens of guests. QEMU draws for each viewer by itself, so nothing is kept of a screen and nothing replayed. */
export interface Screens {
  /**
   * A connection of its own for one viewer, counted until it closes. Throws NOT_FOUND, GUEST_BUSY for a guest that does not
   * run and SESSION_UNAVAILABLE for one without a display.
   */
  open(guest: string): Promise<ScreenSocket>;
  viewers(guest: string): number;
  dispose(): void;
}

export function createScreens({ machineOf, onChange = () => undefined }: ScreensDependencies): Screens {
  const open = new Map<string, Set<ScreenSocket>>();

  const socketOf = (guest: string): string => {
    const machine = machineOf(guest);
    if (machine === undefined) throw new DeclaredError('GUEST_BUSY', { guest, state: 'not running', wanted: 'show its screen' });
    if (machine.vncSocket !== null) return machine.vncSocket;
    throw new DeclaredError('SESSION_UNAVAILABLE', { guest, kind: 'screen', reason: 'It was started without a display.', fix: 'Give it a display in its settings, and start it again.' });
  };
  const connect = async (guest: string): Promise<ScreenSocket> => {
    const path = socketOf(guest);
    try {
      return await connectScreenSocket(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DeclaredError('SESSION_UNAVAILABLE', { guest, kind: 'screen', reason, fix: 'Look whether the guest still runs, and open its screen again.' }, { cause: error });
    }
  };

  return {
    async open(guest) {
      const socket = await connect(guest);
      const viewers = open.get(guest) ?? new Set();
      open.set(guest, viewers.add(socket));
      onChange(guest);
      socket.on('close', () => {
        viewers.delete(socket);
        onChange(guest);
      });
      return socket;
    },
    viewers: (guest) => open.get(guest)?.size ?? 0,
    dispose() {
      for (const viewers of open.values()) for (const socket of viewers) socket.destroy();
    },
  };
}
