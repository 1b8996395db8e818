import type { GuestDefinition } from '../../contract/guests.ts';

/** A port of 127.0.0.1 that leads to the guest's SSH server, and the name to log in with. */
export interface SshDoor {
  readonly port: number;
  readonly user: string;
}

/** Why there is no way in, and what to do. */
export interface NoDoor {
  readonly reason: string;
  readonly fix: string;
}

const SSH_PORT = 22;

/** How Petri reaches a guest's SSH server: by the forward that is marked for it, else by one to port 22. */
export function sshDoor({ sshUser, network, name }: Pick<GuestDefinition, 'sshUser' | 'network' | 'name'>): SshDoor | NoDoor {
  if (sshUser === null) return { reason: 'No login is named for it.', fix: `Name the user to log in with in the settings of ${name}.` };
  const forwards = network.kind === 'user' ? network.forwards.filter(({ protocol }) => protocol === 'tcp') : [];
  const forward = forwards.find(({ link }) => link === 'ssh') ?? forwards.find(({ guestPort }) => guestPort === SSH_PORT);
  if (forward === undefined) return { reason: 'No port of this computer leads to port 22 of the guest.', fix: 'Add a port forward to port 22 in its settings, and start it again.' };
  if (forward.hostPort === null) return { reason: 'The port of this computer is chosen when the guest starts.', fix: 'Start the guest again.' };
  return { port: forward.hostPort, user: sshUser };
}

export interface SshCommand extends SshDoor {
  readonly guest: string;
  /** Files in the directory in which ssh is started; relative, because ssh would expand `%`, `~` and spaces in longer ones. */
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** Where ssh itself writes, so that what is on the terminal is the guest's alone. */
  readonly logFile: string;
}

/**
 * The arguments of ssh for a login with Petri's key and nothing else: no configuration, agent, password or forwarding of the
 * user's. The first host key of a guest is remembered, and another one is refused (ssh_config(5), `accept-new`).
 */
export function sshArguments({ guest, port, user, keyFile, knownHostsFile, logFile }: SshCommand): string[] {
  const options = {
    BatchMode: 'yes', IdentitiesOnly: 'yes', IdentityAgent: 'none', PreferredAuthentications: 'publickey', PubkeyAuthentication: 'yes',
    UserKnownHostsFile: knownHostsFile, GlobalKnownHostsFile: 'none', StrictHostKeyChecking: 'accept-new', HostKeyAlias: guest, CheckHostIP: 'no', UpdateHostKeys: 'no',
    ConnectTimeout: '15', ServerAliveInterval: '15', ServerAliveCountMax: '4', ForwardAgent: 'no', ForwardX11: 'no', ClearAllForwardings: 'yes', PermitLocalCommand: 'no',
    ControlMaster: 'no', ControlPath: 'none', EscapeChar: 'none', LogLevel: 'INFO',
  };
  return ['-F', 'none', '-E', logFile, ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]), '-tt', '-i', keyFile, '-p', String(port), `${user}@127.0.0.1`];
}

/** Why ssh ended before anybody was logged in, from its own words. */
export type SshRefusal = 'hostKeyChanged' | 'denied' | 'other';

export function sshRefusal(words: string): SshRefusal {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/.test(words)) return 'hostKeyChanged';
  return /Permission denied|Too many authentication failures/.test(words) ? 'denied' : 'other';
}

/** What to type in the guest, as the user to log in with, so that Petri's key is let in. */
export function allowLine(publicKey: string): string {
  return `mkdir -p ~/.ssh && chmod 700 ~/.ssh && echo '${publicKey}' >> ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys`;
}
