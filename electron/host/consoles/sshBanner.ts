import { createConnection } from 'node:net';

/** What stands at a port: an SSH server, nobody, or something that says nothing or something else. */
export type SshBanner = 'ssh' | 'refused' | 'closed' | 'silent' | 'other';

/** A server says its version first (RFC 4253, 4.2), after at most some lines of other text. */
const BANNER = /^SSH-/m;
const MOST_WORDS = 4_096;

/**
 * Asks a port of 127.0.0.1 for its SSH banner. QEMU takes every connection to a forward, whether the guest listens or not, and
 * ends it when the guest refuses; so only the banner tells.
 */
export function readSshBanner(port: number, limitMs: number): Promise<SshBanner> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let words = '';
    const answer = (found: SshBanner): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    const timer = setTimeout(() => answer(words === '' ? 'silent' : 'other'), limitMs);
    socket.on('data', (bytes) => {
      words += bytes.toString('latin1');
      if (BANNER.test(words)) answer('ssh');
      else if (words.length > MOST_WORDS) answer('other');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED' ? 'refused' : 'closed'));
    socket.on('close', () => answer(words === '' ? 'closed' : 'other'));
  });
}
