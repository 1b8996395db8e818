import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { suitablePorts, wantedPorts, withHostPorts, type WantedPort } from '../../core/guests/hostPorts.ts';
import { isPortFree } from '../../host/network/freePort.ts';
import { ownerOfPort } from '../../host/network/portOwner.ts';
import type { Definitions } from './definitions.ts';

export interface PortsDependencies {
  readonly definitions: Pick<Definitions, 'list' | 'update'>;
  /** Whether the guest has its ports now, or is about to. */
  readonly isActive: (guest: string) => boolean;
}

/** The ports of 127.0.0.1 that guests listen on. */
export interface GuestPorts {
  /**
   * Chooses what is not chosen yet, remembers it in the guest's definition, and answers that. Throws HOST_PORT_TAKEN with
   * the owner of a port that is in use.
   */
  settle(definition: GuestDefinition): Promise<GuestDefinition>;
  /** The same choice without remembering anything, for showing a command. */
  propose(definition: GuestDefinition): Promise<GuestDefinition>;
  /** Throws HOST_PORT_TAKEN; to be called when QEMU said that it could not listen. */
  refuseTaken(definition: GuestDefinition): Promise<void>;
}

export function createGuestPorts({ definitions, isActive }: PortsDependencies): GuestPorts {
  /** One choice at a time, so that two guests never choose the same. */
  let turn: Promise<unknown> = Promise.resolve();

  const others = (id: string): GuestDefinition[] => definitions.list().filter((other) => other.id !== id);
  const guestWith = (id: string, { port, protocol }: WantedPort): GuestDefinition | undefined =>
    others(id).find((other) => isActive(other.id) && wantedPorts(other).some((taken) => taken.port === port && taken.protocol === protocol));

  const refuseTaken = async (definition: GuestDefinition): Promise<void> => {
    for (const wanted of wantedPorts(definition)) {
      const guest = guestWith(definition.id, wanted);
      if (guest === undefined && (await isPortFree(wanted.protocol, wanted.port))) continue;
      const owner = guest === undefined ? await ownerOfPort(wanted.port, wanted.protocol) : `the guest "${guest.name}" of this lab`;
      throw new DeclaredError('HOST_PORT_TAKEN', { guest: definition.name, forward: wanted.forward, port: wanted.port, owner });
    }
  };
  /** What other guests remember is left to them, whether they run or not. */
  const propose = async (definition: GuestDefinition): Promise<GuestDefinition> => {
    if (definition.network.kind === 'none') return definition;
    const remembered = new Set([definition, ...others(definition.id)].flatMap((guest) => wantedPorts(guest).map(({ port }) => port)));
    const chosen = new Map<number, number>();
    for (const [index, { hostPort, guestPort, protocol }] of definition.network.forwards.entries()) {
      if (hostPort !== null) continue;
      for (const port of suitablePorts(guestPort)) {
        if (remembered.has(port) || !(await isPortFree(protocol, port))) continue;
        remembered.add(port);
        chosen.set(index, port);
        break;
      }
    }
    return withHostPorts(definition, chosen);
  };
  const settle = async (definition: GuestDefinition): Promise<GuestDefinition> => {
    await refuseTaken(definition);
    const settled = await propose(definition);
    return settled.network === definition.network ? definition : definitions.update(definition.id, { network: settled.network });
  };

  return {
    propose,
    refuseTaken,
    settle(definition) {
      const settled = turn.then(() => settle(definition));
      turn = settled.catch(() => undefined);
      return settled;
    },
  };
}
