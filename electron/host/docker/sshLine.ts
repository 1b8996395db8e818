import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

/** How much of what ssh says is kept as evidence. */
const TAIL_CHARACTERS = 2_000;

export interface SshLine {
  readonly stream: Duplex;
  /** What ssh and the program on the other host said. */
  words(): string;
}

/**
 * A connection to the engine of another host, as Docker's command line makes it: `ssh HOST docker system dial-stdio`.
 * It is the user's own ssh, with its configuration, agent and known hosts; it never asks for anything.
 */
export function openSshLine(host: string): SshLine {
  const { username, hostname, port } = new URL(host);
  const target = username === '' ? hostname : `${decodeURIComponent(username)}@${hostname}`;
  const args = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T', ...(port === '' ? [] : ['-p', port]), '--', target, 'docker', 'system', 'dial-stdio'];
  const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-TAIL_CHARACTERS)));
  const stream = Duplex.from({ writable: child.stdin, readable: child.stdout });
  child.once('error', (error) => {
    words += error.message;
    stream.destroy(error);
  });
  stream.once('close', () => child.kill());
  return { stream, words: () => words.trim() };
}
