import type { ConsoleState } from '../../../electron/contract/consoles.ts';
import type { GuestDefinition } from '../../../electron/contract/guests.ts';

export interface ConsoleTab {
  readonly kind: 'serial' | 'screen' | 'monitor' | 'ssh' | 'shell';
  /** Unique among the tabs of a guest; of a serial port the last part of its console's id. */
  readonly value: string;
  readonly title: string;
}

/** The consoles that a guest can have, or of which something is kept from when it could. */
export function consoleTabs({ serialPorts, display, network, place }: Pick<GuestDefinition, 'serialPorts' | 'display' | 'network' | 'place'>, kept: readonly ConsoleState[]): ConsoleTab[] {
  const has = (kind: string): boolean => kept.some(({ id }) => id.includes(`/${kind}`));
  const serial = Array.from({ length: serialPorts }, (_, index): ConsoleTab => ({ kind: 'serial', value: `serial${index}`, title: serialPorts === 1 ? 'Serial' : `Serial ${index + 1}` }));
  return [
    ...serial,
    ...(display === 'none' ? [] : [{ kind: 'screen', value: 'screen', title: 'Screen' } as const]),
    { kind: 'monitor', value: 'monitor', title: 'Monitor' },
    ...(network.kind === 'user' || has('ssh') ? [{ kind: 'ssh', value: 'ssh', title: 'SSH' } as const] : []),
    ...(place.kind === 'docker' || has('shell') ? [{ kind: 'shell', value: 'shell', title: 'Shell' } as const] : []),
  ];
}
