// Opens the app with the best shell that this machine has, and says which and why.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findBrowser } from '../browser.ts';
import { root } from '../paths.ts';
import { chooseShell, missingDisplay, type Shell } from './chooseShell.ts';
import { obtainElectron } from './electronRuntime.ts';

const say = (text: string): void => void process.stdout.write(`Petri: ${text}\n`);
const isRoot = process.getuid?.() === 0;

function rootArguments(): string[] {
  if (!isRoot) return [];
  say('warning: running as root, so the sandbox of Chromium is off (--no-sandbox); use an ordinary user for daily work');
  return ['--no-sandbox'];
}

/** A signal to this process ends the child first, so that it closes what it opened; then this process ends by itself. */
function endWithSignals(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
}

/** Serves the lab on loopback for as long as the returned process lives. */
async function serve(): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [join(root, 'dist/cli/index.js'), 'serve', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithSignals(server);
  for await (const line of createInterface({ input: server.stdout })) return { server, url: (JSON.parse(line) as { url: string }).url };
  throw new Error('the lab was not served; its own words stand above');
}

async function openElectron(program: string): Promise<void> {
  const child = spawn(program, [...rootArguments(), root], { stdio: 'inherit' });
  endWithSignals(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

async function openBrowser(program: string): Promise<void> {
  const { server, url } = await serve();
  const profile = mkdtempSync(join(tmpdir(), 'petri-browser-'));
  try {
    const flags = ['--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const window = spawn(program, [`--app=${url}`, `--user-data-dir=${profile}`, ...flags, ...rootArguments()], { stdio: 'ignore' });
    endWithSignals(window);
    await once(window, 'exit');
  } finally {
    const gone = server.exitCode === null ? once(server, 'exit') : Promise.resolve();
    server.kill('SIGINT');
    await gone;
    rmSync(profile, { recursive: true, force: true });
  }
}

async function printAddress(): Promise<void> {
  const { server, url } = await serve();
  const gone = once(server, 'exit');
  say(`open ${url}`);
  await gone;
}

function open(shell: Shell): Promise<void> {
  if (shell.kind === 'electron') return openElectron(shell.program);
  return shell.kind === 'browser' ? openBrowser(shell.program) : printAddress();
}

const noDisplay = missingDisplay(process.platform, process.env);
const electron = noDisplay === null ? await obtainElectron(say) : { missing: 'it is not needed' };
const shell = chooseShell({ electron, browser: findBrowser(), noDisplay });
say(shell.why);
await open(shell);
