// One line for each step of the set-up, with the time it took; its details go to a log of which a failure shows the end.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './root.mjs';

const TAIL_LINES = 25;

/** A step that failed in a way a person can act on: its text is all that is shown. */
export class SetUpFailure extends Error {}

const began = performance.now();
const elapsed = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s`;

/** Prints one line; the set-up speaks on stderr, so that stdout belongs to the command it prepares. */
export function say(text) {
  process.stderr.write(`[${elapsed()}] ${text}\n`);
}

function tailOf(path) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).map((line) => `    ${line}`).join('\n');
}

/**
 * Runs one program without a shell and without stdin; all that it prints goes to `.setup/<log>.log`.
 * A failure throws a SetUpFailure with the end of that log.
 */
export async function runLogged(log, command, args, environment = {}) {
  const path = join(root, '.setup', `${log}.log`);
  mkdirSync(join(root, '.setup'), { recursive: true });
  const output = createWriteStream(path, { flags: 'w' });
  output.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  await new Promise((resolve) => output.end(resolve));
  if (ended === 0) return;
  throw new SetUpFailure(`${command} ${typeof ended === 'number' ? `ended with exit code ${ended}` : ended}; the end of ${relative(process.cwd(), path)}:\n${tailOf(path)}`);
}
