import type { GuestDefinition, PortForward } from '../../../electron/contract/guests.ts';

/** How a forwarded port is reached from this host. */
export interface PortAccess {
  readonly name: string;
  readonly label: string;
  /** An address to open, or null. */
  readonly href: string | null;
  /** What can be copied: the address, or the command. */
  readonly copy: string;
  readonly forward: PortForward;
}

function accessOf(forward: PortForward, sshUser: string | null): PortAccess {
  const { name, hostPort, guestPort, link, protocol } = forward;
  const label = `${name} ${hostPort ?? 'auto'}→${guestPort}`;
  if (hostPort === null) return { name, label, href: null, copy: '', forward };
  if (link === 'http' || link === 'https') return { name, label, href: `${link}://127.0.0.1:${hostPort}/`, copy: `${link}://127.0.0.1:${hostPort}/`, forward };
  const login = sshUser === null ? '' : `${sshUser}@`;
  if (link === 'ssh') return { name, label, href: null, copy: `ssh -p ${hostPort} ${login}127.0.0.1`, forward };
  return { name, label: protocol === 'udp' ? `${label} udp` : label, href: null, copy: `127.0.0.1:${hostPort}`, forward };
}

/** The ports of a guest, in the order in which they were given. */
export function portsOf({ network, sshUser }: GuestDefinition): PortAccess[] {
  return network.kind === 'none' ? [] : network.forwards.map((forward) => accessOf(forward, sshUser));
}
