// What a person types to reach the consoles of a guest, against a real lab and a real QEMU.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCommandLine, type CommandLine } from '../../support/commandLine.ts';
import { scratch } from '../../support/scratch.ts';
import { freePort, hasSshServer, startSshServer } from '../../support/sshServer.ts';
import { talkTo, type TerminalTalk } from '../../support/terminalTalk.ts';

const ESCAPE = '\u001d';
const END_OF_INPUT = '\u0004';

let cli: CommandLine;
let port: number;
const json = ({ out }: { out: string }): unknown => JSON.parse(out);
const containing = (text: string): string => expect.stringContaining(text) as string;
const talk = (...args: string[]): TerminalTalk => talkTo(cli.inTerminal(...args));

/** One guest for all, with a screen, and a door for SSH behind which its own system has no server. */
beforeAll(async () => {
  cli = makeCommandLine();
  port = await freePort();
  const made = await cli.run('guest', 'create', 'builtin-i386', '--name', 'One', '--display', 'std', '--network', 'e1000', '--forward', `ssh:22=${port}`, '--ssh-user', process.env['USER'] ?? 'root');
  expect(made).toMatchObject({ exitCode: 0, error: '' });
  expect(await cli.run('launch', 'One')).toMatchObject({ exitCode: 0 });
  const following = cli.start('console', 'One');
  await following.until(/petri# $/);
  following.interrupt();
  await following.finished;
});
// It also sees that no process and no socket is left.
afterAll(() => cli.close());

describe('petri monitor', () => {
  test('carries out one command, says whether QEMU did, and asks before one that destroys', async () => {
    expect(await cli.run('monitor', 'One', 'info', 'status')).toEqual({ exitCode: 0, out: 'VM status: running\n', error: '' });
    const { text } = json(await cli.run('monitor', 'One', 'qmp', 'query-name', '--json')) as { text: string };
    expect(JSON.parse(text)).toEqual({ name: 'One' });
    expect(await cli.run('monitor', 'One', 'no-such-command')).toMatchObject({ exitCode: 4, out: containing("unknown command: 'no-such-command'") });
    expect(await cli.run('monitor', 'One', 'quit')).toMatchObject({ exitCode: 4, out: '', error: containing('Nothing was done. Add --yes to carry it out.') });
    expect(await cli.run('monitor', 'Nobody', 'info', 'status')).toMatchObject({ exitCode: 3 });
    expect(json(await cli.run('status', '--json'))).toMatchObject({ guests: [{ runtime: { state: 'running' } }] });
  });

  test('is a prompt in a terminal that completes, asks, tells of events, and ends with Ctrl-D', async () => {
    const prompt = talk('monitor', 'One');
    expect(await prompt.until(/\(qemu\) $/)).toContain('One: Tab completes, Ctrl-D leaves.');
    prompt.type('info statu');
    await prompt.until(/info statu$/);
    // By itself: a tab in the middle of what comes in one piece is taken for pasted.
    prompt.type('\t');
    await prompt.until(/s $/);
    prompt.type('\r');
    await prompt.until(/VM status: running[^]*\(qemu\) /);
    prompt.type('quit\r');
    await prompt.until(/Carry it out\? \[y\/N\] /);
    prompt.type('n\r');
    await prompt.until(/\(qemu\) /);
    prompt.type('stop\r');
    await prompt.until(/event STOP/);
    prompt.type('cont\r');
    await prompt.until(/event RESUME/);
    prompt.type(END_OF_INPUT);
    expect(await prompt.ended).toBe(0);
    expect((await cli.run('console', 'One', '--console', 'monitor', '--no-follow')).out).toMatch(/\(qemu\) stop\r\n[^]*event RESUME/);
  });
});

describe('petri screen', () => {
  test('saves the picture that is on it', async () => {
    const path = join(cli.folder, 'one.png');
    const { exitCode, out } = await cli.run('screen', 'One', '--png', path);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: `${path} (${statSync(path).size} bytes)\n` });
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('petri console export', () => {
  test('prints text, writes bytes and a recording, and says what it wrote', async () => {
    const { out: text } = await cli.run('console', 'export', 'One');
    expect(text).toContain('petri# ');
    expect(text).not.toContain('\r');
    const bytes = join(cli.folder, 'one.log');
    expect(json(await cli.run('console', 'export', 'One', '--format', 'bytes', '-o', bytes, '--json'))).toEqual({ path: bytes, bytes: statSync(bytes).size });
    expect(readFileSync(bytes, 'latin1')).toContain('petri# ');
    const cast = join(cli.folder, 'one.cast');
    expect(await cli.run('console', 'export', 'One', '--format', 'asciicast', '-o', cast)).toMatchObject({ exitCode: 0, out: `${cast} (${statSync(cast).size} bytes)\n` });
    const [header, ...events] = readFileSync(cast, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(header).toMatchObject({ version: 2, title: containing('serial0') });
    expect(events.map((event) => (event as [number, string, string])[2]).join('')).toBe(readFileSync(bytes, 'utf8'));
    expect((await cli.run('console', 'export', 'One', '--console', 'monitor')).out).toContain('(qemu) info status');
    expect(await cli.run('console', 'export', 'One', '--port', '3')).toMatchObject({ exitCode: 3, error: containing('(NOT_FOUND)') });
  });
});

describe('petri shell', () => {
  test('of a guest that runs in no container says what to do', async () => {
    expect(await cli.run('shell', 'One')).toMatchObject({ exitCode: 4, out: '', error: containing('(SESSION_UNAVAILABLE)') });
  });
});

describe('petri ssh', () => {
  test('prints the line that lets Petri in, and refuses while nobody answers behind the forward', async () => {
    // QEMU gives its forward up, so that a server of this computer can answer in the place of the guest's.
    expect(await cli.run('monitor', 'One', '--yes', 'hostfwd_remove', `tcp:127.0.0.1:${port}`)).toMatchObject({ exitCode: 0 });
    const { publicKey, line } = json(await cli.run('ssh', 'One', '--key', '--json')) as { publicKey: string; line: string };
    expect(await cli.run('ssh', 'One', '--key')).toEqual({ exitCode: 0, out: `${line}\n`, error: '' });
    expect(line).toContain(publicKey);
    expect(await cli.run('ssh', 'One')).toMatchObject({ exitCode: 4, out: '', error: containing(`Nobody listens on port ${port}`) });
  });

  test.skipIf(!hasSshServer())('logs in with Petri’s key, takes the terminal’s size, stays open behind Ctrl-], and ends with the shell', async () => {
    const server = await startSshServer(scratch(), port);
    server.allow((json(await cli.run('ssh', 'One', '--key', '--json')) as { publicKey: string }).publicKey);

    const login = talk('ssh', 'One');
    expect(await login.until(/[$#] /)).toMatch(/Ctrl-\] leaves the login open; come back with: petri console one-\S+ --console ssh0/);
    login.type('stty size; echo $((6*7))-$TERM\r');
    expect(await login.until(/^42-/m)).toMatch(/^30 100\n42-xterm-256color$/m);
    login.type(ESCAPE);
    expect(await login.ended).toBe(0);

    const again = talk('console', 'One', '--console', 'ssh0');
    expect(await again.until(/^42-/m)).toContain('you type into the guest');
    again.type('echo $((7*7))\r');
    await again.until(/^49/m);
    again.type(ESCAPE);
    expect(await again.ended).toBe(0);
    expect(again.seen()).toMatch(/left One\s*$/);

    expect((await cli.run('console', 'export', 'One', '--console', 'ssh0', '--format', 'asciicast')).out).toMatch(/^\{"version":2,"width":80,"height":24,[^]*"r","100x30"\]\n[^]*42-xterm/);

    const second = talk('ssh', 'One');
    await second.until(/[$#] /);
    second.type('exit\r');
    expect(await second.ended).toBe(0);
    expect(second.seen()).toContain('[the login ended with exit code 0]');

    await server.changeHostKey();
    expect(await cli.run('ssh', 'One')).toMatchObject({ exitCode: 4, out: '', error: containing('(HOST_KEY_CHANGED)') });
    expect(json(await cli.run('ssh', 'One', '--new-host-key', '--json'))).toEqual({ id: expect.stringMatching(/\/ssh2$/) as string });
  });
});

test('a guest that does not run says so, and no file is written', async () => {
  expect(await cli.run('guest', 'create', 'builtin-i386', '--name', 'Bare')).toMatchObject({ exitCode: 0 });
  expect(await cli.run('monitor', 'Bare', 'info', 'status')).toMatchObject({ exitCode: 4, error: containing('Start it first.') });
  expect(await cli.run('screen', 'Bare', '--png', join(cli.folder, 'bare.png'))).toMatchObject({ exitCode: 4, out: '' });
  expect(await cli.run('console', 'export', 'Bare')).toMatchObject({ exitCode: 3 });
  expect(existsSync(join(cli.folder, 'bare.png'))).toBe(false);
});
