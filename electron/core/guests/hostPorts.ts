import type { GuestDefinition, PortForward } from '../../contract/guests.ts';

/** The first port that the lab chooses for guest ports that have no custom of their own. */
const FIRST_OTHER = 20_000;
const LAST = 32_767;

/** Where guests' ports are by custom: SSH from 2222, web servers from 8080, and these under their own number. */
const customs: Record<number, number> = { 22: 2_222, 80: 8_080, 8_080: 8_080, 443: 8_443, 5_555: 5_555, 9_999: 9_999, 5_900: 5_900, 5_901: 5_900, 9_000: 9_000, 9_001: 9_001, 9_002: 9_002, 9_003: 9_003 };

/** Ports of the host that suit a port of a guest, best first; the last ones are anybody's. */
export function* suitablePorts(guestPort: number): Generator<number> {
  const custom = customs[guestPort];
  if (custom !== undefined) for (let port = custom; port < custom + 50; port += 1) yield port;
  for (let port = FIRST_OTHER; port <= LAST; port += 1) yield port;
}

/** A port of the host that a guest listens on. */
export interface WantedPort {
  readonly forward: string;
  readonly protocol: PortForward['protocol'];
  readonly port: number;
}

/** All ports of the host that a definition names: its forwards and its consoles on TCP. */
export function wantedPorts({ network, tcpConsoles }: Pick<GuestDefinition, 'network' | 'tcpConsoles'>): WantedPort[] {
  const forwards = network.kind === 'none' ? [] : network.forwards;
  return [
    ...forwards.flatMap(({ name, protocol, hostPort }) => (hostPort === null ? [] : [{ forward: name, protocol, port: hostPort }])),
    ...tcpConsoles.map(({ console, port }) => ({ forward: `console ${console}`, protocol: 'tcp' as const, port })),
  ];
}

/** The definition with these host ports for the forwards that have none, in their order. */
export function withHostPorts<Definition extends Pick<GuestDefinition, 'network'>>(definition: Definition, chosen: ReadonlyMap<number, number>): Definition {
  if (definition.network.kind === 'none') return definition;
  const forwards = definition.network.forwards.map((forward, index) => ({ ...forward, hostPort: forward.hostPort ?? chosen.get(index) ?? null }));
  return { ...definition, network: { ...definition.network, forwards } };
}
