import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { explain } from '../../../electron/contract/errors.ts';
import { guestDefinition, type GuestDefinition } from '../../../electron/contract/guests.ts';
import type { Machine } from '../../../electron/core/guests/machine.ts';
import { createConsoles } from '../../../electron/lab/consoles/consoles.ts';
import { createLogins } from '../../../electron/lab/consoles/logins.ts';
import { createScreens } from '../../../electron/lab/consoles/screens.ts';
import { createSessions } from '../../../electron/lab/consoles/sessions.ts';
import { failureOf } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';
import { freePort, hasSshServer, startSshServer } from '../../support/sshServer.ts';

function guestAt(port: number | null, user: string | null): GuestDefinition {
  return guestDefinition.parse({
    id: 'linux-1a2b', name: 'Linux', catalogEntry: null, architecture: 'x86_64', createdAt: new Date(0).toISOString(), phaseTable: 'none', accelerator: 'auto', notes: '',
    machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 }, boot: { kernel: null, arguments: '', modules: [] }, sshUser: user,
    network: port === null ? { kind: 'none' } : { kind: 'user', card: 'e1000', forwards: [{ name: 'ssh', hostPort: port, guestPort: 22 }] },
  });
}

/** The lab's consoles, and a guest that runs, as far as a login needs one. */
function openSessions(definition: GuestDefinition, directory = scratch(), searchPath?: string) {
  const consoles = createConsoles({ directory: join(directory, 'consoles'), retentionBytes: () => 10_000_000, blobPath: () => '', log: () => undefined });
  const machine = { record: { container: null }, vncSocket: null } as unknown as Machine;
  const logins = createLogins({ directory: join(directory, 'ssh'), ...(searchPath !== undefined && { searchPath }) });
  const sessions = createSessions({ consoles, screens: createScreens({ machineOf: () => machine }), logins, definition: () => definition, machineOf: () => machine, openShell: () => Promise.reject(new Error('no engine')) });
  onTestFinished(async () => {
    sessions.dispose();
    await consoles.dispose();
  });
  const text = (id: string): string => Buffer.from(consoles.export(id, 'text', 0).bytes).toString();
  /** Resolves when the console's text matches. */
  const until = (id: string, wanted: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const viewer = consoles.view(id, 0, { send: () => setImmediate(look), end: () => undefined });
      const look = (): void => {
        if (!wanted.test(text(id))) return;
        viewer.close();
        resolve(text(id));
      };
      look();
    });
  return { consoles, logins, sessions, directory, text, until, login: (newHostKey = false) => sessions.open({ guest: definition.id, kind: 'ssh', newHostKey }) };
}

describe.skipIf(!hasSshServer())('a login by SSH', () => {
  async function openDoor() {
    const server = await startSshServer(scratch());
    const opened = openSessions(guestAt(server.port, server.user));
    server.allow((await opened.logins.key()).publicKey);
    return { server, ...opened };
  }

  test('is a console: typed into, sized, logged, ended, and its log stays', async () => {
    const { consoles, sessions, login, until } = await openDoor();
    const { id, writable } = await login();
    expect([id, writable]).toEqual(['guest/linux-1a2b/ssh0', true]);
    sessions.resize(id, 132, 43);
    await consoles.write(id, Buffer.from('stty size; echo $((6*7))-$TERM\n'));
    expect(await until(id, /^42-/m)).toMatch(/^43 132\n42-xterm-256color$/m);
    // The first size is that of before anybody said one.
    const cast = Buffer.from(consoles.export(id, 'asciicast', 0).bytes).toString();
    expect(cast).toMatch(/^\{"version":2,"width":80,"height":24,[^]*\n\[[\d.]+,"r","132x43"\]\n[^]*42-xterm/);
    const second = await login();
    expect(second.id).toBe('guest/linux-1a2b/ssh1');
    await sessions.close(second.id);
    await consoles.write(id, Buffer.from('exit 3\n'));
    expect(await until(id, /\[.+\]\n$/)).toMatch(/\[the login ended with exit code 3\]\n$/);
    expect(consoles.get(id)).toMatchObject({ writable: false });
    expect(consoles.ids('guest/linux-1a2b/ssh')).toEqual([id, second.id]);
  });

  test('uses a key that was made once, for this user alone, and gives the line that lets it in', async () => {
    const { logins, directory, login, sessions, server } = await openDoor();
    const key = await logins.key();
    expect(key.publicKey).toMatch(/^ssh-ed25519 \S+ petri$/);
    expect(key.line).toContain(key.publicKey);
    expect(await Promise.all([logins.key(), createLogins({ directory: join(directory, 'ssh') }).key()])).toEqual([key, key]);
    expect(statSync(join(directory, 'ssh/key/id_ed25519')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'ssh/key')).mode & 0o777).toBe(0o700);
    const { id } = await login();
    await sessions.close(id);
    // What ssh said of the login is gone; the key and the host that is known stay.
    expect(readdirSync(join(directory, 'ssh')).sort()).toEqual(['hosts', 'key']);
    server.allow('');
    const refused = explain(await failureOf(login));
    expect(refused.evidence.join()).toContain('Permission denied (publickey)');
    expect(refused.fix).toContain(key.line);
  });

  test('is refused when another machine answers, until the new host key is trusted', async () => {
    const { server, login } = await openDoor();
    await login();
    await server.changeHostKey();
    const failure = await failureOf(login);
    expect(failure).toMatchObject({ code: 'HOST_KEY_CHANGED', details: { guest: 'Linux', port: server.port } });
    expect(explain(failure).evidence.join('\n')).toContain('SHA256:');
    expect(await login(true)).toMatchObject({ writable: true });
    expect(await login()).toMatchObject({ writable: true });
  });

  test('that died with the lab says so in its log', async () => {
    const { directory, consoles, login, server } = await openDoor();
    const { id } = await login();
    // A lab that is killed leaves its mark where an ended login has none.
    expect(readdirSync(join(directory, 'consoles', id))).toContain('session.txt');
    const next = createConsoles({ directory: join(directory, 'consoles'), retentionBytes: () => 10_000_000, blobPath: () => '', log: () => undefined });
    expect(Buffer.from(next.export(id, 'text', 0).bytes).toString()).toMatch(/\[the lab was ended here, and this login with it\]\n$/);
    expect(readdirSync(join(directory, 'consoles', id))).not.toContain('session.txt');
    await next.dispose();
    await server.stop();
    expect(consoles.get(id).id).toBe(id);
  });
});

describe('without a way in a login is refused, with the reason and the fix:', () => {
  const refused = async (definition: GuestDefinition, searchPath?: string): Promise<string> => {
    const failure = await failureOf(openSessions(definition, scratch(), searchPath).login);
    expect(failure.code).toBe('SESSION_UNAVAILABLE');
    const { evidence, fix } = explain(failure);
    expect(fix).not.toBe('');
    return evidence.join();
  };

  test('no user, no forward, nobody at the port', async () => {
    expect(await refused(guestAt(1, null))).toBe('No login is named for it.');
    expect(await refused(guestAt(null, 'root'))).toBe('No port of this computer leads to port 22 of the guest.');
    const port = await freePort();
    expect(await refused(guestAt(port, 'root'))).toBe(`Nobody listens on port ${port} of this computer.`);
  });

  test('a guest that refuses, or something that is no SSH server', async () => {
    const answers = { refuses: '', speaks: 'HTTP/1.1 400 Bad Request\r\n\r\n' };
    for (const [words, said] of [[answers.refuses, /refused the connection/], [answers.speaks, /no SSH server/]] as const) {
      const server = createServer((socket) => socket.end(words)).listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await new Promise((resolve) => server.once('listening', resolve));
      expect(await refused(guestAt((server.address() as { port: number }).port, 'root'))).toMatch(said);
    }
  });

  test('no ssh on this computer', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-stand-in\r\n')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const empty = scratch();
    writeFileSync(join(empty, 'ssh'), 'not a program', { mode: 0o644 });
    expect(await refused(guestAt((server.address() as { port: number }).port, 'root'), empty)).toBe('ssh is not installed.');
  });

  test('a shell of a guest that runs in no container', async () => {
    const { sessions } = openSessions(guestAt(null, null));
    expect(await failureOf(() => sessions.open({ guest: 'linux-1a2b', kind: 'shell', newHostKey: false }))).toMatchObject({ code: 'SESSION_UNAVAILABLE', details: { kind: 'shell' } });
  });
});
