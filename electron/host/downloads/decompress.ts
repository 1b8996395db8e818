import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DeclaredError } from '../../contract/errors.ts';

export type Compression = 'gzip' | 'bzip2' | 'xz';

/** Node has no xz and no bzip2; both programs are on every Linux and macOS, and Git for Windows brings them. */
const programs = { bzip2: 'bzip2', xz: 'xz' } as const;
const TAIL_CHARACTERS = 500;

/** Why the bytes are no whole archive, for ARCHIVE_DAMAGED. */
export class Damaged extends Error {}

/**
 * The plain bytes of a compressed stream. Fails with `Damaged`, with the program's own words, when the archive is cut off
 * or altered, and with PROCESS_FAILED where the program is missing.
 */
export function decompress(source: Readable, compression: Compression, signal: AbortSignal): AsyncIterable<Buffer> {
  return compression === 'gzip' ? gunzip(source) : through(source, programs[compression], signal);
}

async function* gunzip(source: Readable): AsyncGenerator<Buffer> {
  const plain = createGunzip();
  source.on('error', (error) => plain.destroy(error)).pipe(plain);
  try {
    yield* plain as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof Error && 'errno' in error && String((error as NodeJS.ErrnoException).code).startsWith('Z_') ? new Damaged(error.message) : error;
  } finally {
    plain.destroy();
    source.destroy();
  }
}

async function* through(source: Readable, program: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const args = ['--decompress', '--stdout'];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL', env: { ...process.env, LC_ALL: 'C' } });
  const ended = once(child, 'close') as Promise<[number | null]>;
  // Who waits for the end hears of it; nobody may be left who does not.
  ended.catch(() => undefined);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-TAIL_CHARACTERS)));
  // A program that refuses its input ends before it has read it: its words say why.
  child.stdin.on('error', () => source.destroy());
  source.on('error', () => child.kill('SIGKILL')).pipe(child.stdin);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [exitCode] = await ended;
    if (exitCode !== 0) throw new Damaged(stderr.trim() === '' ? `${program} ended with exit code ${exitCode ?? 'none'}` : stderr.trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new DeclaredError('PROCESS_FAILED', { command: program, args, exitCode: null, signal: null, stderrTail: `${program} is not installed`, cancelled: false }, { cause: error });
    }
    throw error;
  } finally {
    source.destroy();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended.catch(() => undefined);
  }
}
