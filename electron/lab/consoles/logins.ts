import { randomBytes } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { FIRST_SIZE, type TerminalPort } from '../../core/consoles/bytePort.ts';
import { allowLine, sshArguments, sshDoor, sshRefusal, type SshDoor } from '../../core/consoles/sshLogin.ts';
import { readSshBanner, type SshBanner } from '../../host/consoles/sshBanner.ts';
import { openSshFiles } from '../../host/consoles/sshFiles.ts';
import { KEY_FILE, makeKey, readPublicKey } from '../../host/consoles/sshKey.ts';
import { findInPath } from '../../host/process/findInPath.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../host/process/pseudoTerminal.ts';
import { withinTime } from '../../host/process/withinTime.ts';

export interface LoginsDependencies {
  /** Of the key, the known hosts, and what ssh says. */
  readonly directory: string;
  /** Searched for ssh and ssh-keygen; PATH when absent. */
  readonly searchPath?: string;
}

/** Logins by SSH with a key of Petri's own. */
export interface Logins {
  /** Throws SESSION_UNAVAILABLE where there is no way in, and HOST_KEY_CHANGED. */
  open(guest: GuestDefinition, how: { readonly newHostKey: boolean }): Promise<TerminalPort>;
  /** Makes the key when there is none. Throws PROCESS_FAILED. */
  key(): Promise<{ publicKey: string; line: string }>;
}

/** How long a guest that starts its server may take to say its version. */
const BANNER_LIMIT_MS = 10_000;
/** A shell that says nothing by itself is taken for open after this; ssh gives up a connection before (`ConnectTimeout`). */
const SILENT_SHELL_MS = 20_000;

export function createLogins({ directory, searchPath }: LoginsDependencies): Logins {
  const files = openSshFiles(directory);
  let making: Promise<string> | null = null;

  const program = async (guest: string, name: string): Promise<string> => {
    const found = await findInPath(name, searchPath);
    if (found !== null) return found;
    throw unavailable(guest, `${name} is not installed.`, 'Install the OpenSSH client (on Debian and Ubuntu: apt install openssh-client).');
  };
  const publicKey = async (guest: string): Promise<string> => {
    const known = readPublicKey(directory);
    if (known !== null) return known;
    making ??= program(guest, 'ssh-keygen').then((keygen) => makeKey(directory, keygen)).finally(() => (making = null));
    return making;
  };
  const start = async (guest: GuestDefinition, door: SshDoor): Promise<PseudoTerminal & { readonly words: () => string }> => {
    const ssh = await program(guest.name, 'ssh');
    await publicKey(guest.name);
    const log = files.log(randomBytes(6).toString('hex'));
    const args = sshArguments({ ...door, guest: guest.id, keyFile: KEY_FILE, knownHostsFile: files.knownHosts(guest.id), logFile: log.file });
    const terminal = openPseudoTerminal(ssh, args, { cwd: directory, env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', LC_ALL: 'C' }, ...FIRST_SIZE });
    let words = '';
    void terminal.ended.then(() => {
      words = log.words();
      log.remove();
    });
    return { ...terminal, words: () => words };
  };

  return {
    async key() {
      const key = await publicKey('this lab');
      return { publicKey: key, line: allowLine(key) };
    },
    async open(guest, { newHostKey }) {
      const door = sshDoor(guest);
      if ('reason' in door) throw unavailable(guest.name, door.reason, door.fix);
      refuseUnlessSsh(guest.name, door.port, await readSshBanner(door.port, BANNER_LIMIT_MS));
      if (newHostKey) files.forget(guest.id);
      const terminal = await start(guest, door);
      const { port, first } = untilFirstByte(terminal);
      const outcome = await withinTime(Promise.race([first, terminal.ended.then(() => 'ended' as const)]), SILENT_SHELL_MS);
      if (outcome !== 'ended') return withLastWords(port, terminal);
      throw refusal(guest, door, terminal.words(), allowLine(await publicKey(guest.name)));
    },
  };
}

function unavailable(guest: string, reason: string, fix: string): DeclaredError<'SESSION_UNAVAILABLE'> {
  return new DeclaredError('SESSION_UNAVAILABLE', { guest, kind: 'SSH', reason, fix });
}

function refuseUnlessSsh(guest: string, port: number, banner: SshBanner): void {
  const wait = 'Wait until the system has started its SSH server, or start it there, and try again.';
  const reasons: Readonly<Record<Exclude<SshBanner, 'ssh'>, [string, string]>> = {
    refused: [`Nobody listens on port ${port} of this computer.`, 'Start the guest again: its forward is made when it starts.'],
    closed: [`The guest refused the connection that port ${port} led to it.`, wait],
    silent: [`The guest said nothing on port ${port}.`, wait],
    other: [`What answers on port ${port} is no SSH server.`, 'Look at the forwards in its settings: one must lead to port 22 of the guest.'],
  };
  if (banner === 'ssh') return;
  const [reason, fix] = reasons[banner];
  throw unavailable(guest, reason, fix);
}

function refusal(guest: GuestDefinition, { port, user }: SshDoor, words: string, line: string): DeclaredError {
  const lines = words.split('\n').map((text) => text.trim()).filter((text) => text !== '' && !/^@+$/.test(text)).slice(-8);
  switch (sshRefusal(words)) {
    case 'hostKeyChanged':
      return new DeclaredError('HOST_KEY_CHANGED', { guest: guest.name, port, words: lines });
    case 'denied':
      return unavailable(guest.name, lines.join('\n'), `Let Petri's key in. Type in the guest, as ${user}: ${line}`);
    case 'other':
      return unavailable(guest.name, lines.join('\n') || 'ssh ended without a word.', 'Look in the guest’s console whether its SSH server runs.');
  }
}

/** The same port, and a promise of its first byte; a reader that comes later gets that too. */
function untilFirstByte(terminal: TerminalPort): { port: TerminalPort; first: Promise<'open'> } {
  const first = Promise.withResolvers<'open'>();
  const early: Uint8Array[] = [];
  let listener = (bytes: Uint8Array): void => void early.push(bytes);
  terminal.read((bytes) => {
    listener(bytes);
    first.resolve('open');
  });
  const read: TerminalPort['read'] = (given) => {
    listener = given;
    for (const bytes of early.splice(0)) given(bytes);
  };
  return { port: { ...terminal, read }, first: first.promise };
}

/** What ssh says when it meets a guest for the first time. */
const FIRST_KEY = /^Warning: Permanently added/;

/** When ssh ends, what it said of that is the last line of the log. */
function withLastWords(port: TerminalPort, { ended, words }: PseudoTerminal & { readonly words: () => string }): TerminalPort {
  let say: (text: string) => void = () => undefined;
  const closed = ended.then(({ exitCode }): undefined => {
    const last = words().split('\n').filter((line) => !FIRST_KEY.test(line)).at(-1)?.trim() ?? '';
    say(`\r\n[${last === '' ? `the login ended with exit code ${exitCode}` : last}]\r\n`);
  });
  return {
    ...port,
    closed,
    read(listener) {
      say = (text) => listener(Buffer.from(text));
      port.read(listener);
    },
  };
}
