import type { GuestDefinition } from '../../contract/guests.ts';
import type { HealthChecks } from './healthChecks.ts';
import type { Resources } from './resources.ts';
import type { RunningGuest } from './runningGuest.ts';
import { openTcpConsoles } from './tcpConsoles.ts';

export interface CompanionsDependencies {
  readonly definition: (id: string) => GuestDefinition;
  readonly health: HealthChecks;
  readonly resources: Resources;
}

/** What goes along with a guest from the moment that its consoles are connected to its end: TCP consoles, checks, samples. */
export interface Companions {
  /** Throws HOST_PORT_TAKEN. */
  begin(id: string, guest: RunningGuest): Promise<void>;
  end(id: string): void;
  endAll(): void;
}

export function createCompanions({ definition, health, resources }: CompanionsDependencies): Companions {
  const ends = new Map<string, (() => void)[]>();
  const end = (id: string): void => {
    for (const stop of ends.get(id) ?? []) stop();
    ends.delete(id);
  };
  return {
    end,
    endAll: () => [...ends.keys()].forEach(end),
    async begin(id, guest) {
      const close = await openTcpConsoles(definition(id), guest);
      ends.set(id, [close, resources.begin(id, guest), health.begin(id, guest)]);
    },
  };
}
