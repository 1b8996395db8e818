import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createRawServer, type Server as RawServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { probeEngine } from '../../../electron/host/system/containerEngines.ts';
import { scratch } from '../../support/scratch.ts';

const version = { Version: '27.1.0', ApiVersion: '1.46', Components: [{ Name: 'Engine', Version: '27.1.0' }] };
const patient = new AbortController().signal;

async function listen(server: Server | RawServer, path: string): Promise<void> {
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => new Promise<void>((resolve) => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close(() => resolve());
  }));
}

const answering = (body: string): Server => createServer((_request, response) => response.end(body));

/** A home, a runtime directory and a search path in which nothing is. */
function emptyMachine() {
  const directory = scratch();
  const variables: Record<string, string> = { HOME: join(directory, 'home'), XDG_RUNTIME_DIR: join(directory, 'run'), PATH: join(directory, 'bin') };
  mkdirSync(join(directory, 'run/podman'), { recursive: true });
  mkdirSync(join(directory, 'bin'));
  return { directory, variables, environment: { variables, platform: 'linux' as const } };
}

describe('a container engine', () => {
  it('answers at the socket of its user with its name and version', async () => {
    const { environment, directory } = emptyMachine();
    await listen(answering(JSON.stringify(version)), join(directory, 'run/podman/podman.sock'));
    expect(await probeEngine('podman', patient, environment)).toEqual({ kind: 'answers', address: `unix://${join(directory, 'run/podman/podman.sock')}`, engine: 'Engine', version: '27.1.0' });
  });

  it('is absent where there is neither a socket nor its program', async () => {
    const { environment } = emptyMachine();
    expect(await probeEngine('podman', patient, environment)).toMatchObject({ kind: 'absent', searched: expect.arrayContaining(['the program podman']) as string[] });
  });

  it('has stopped where its program is and no socket', async () => {
    const { environment, directory } = emptyMachine();
    writeFileSync(join(directory, 'bin/podman'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await probeEngine('podman', patient, environment)).toMatchObject({ kind: 'stopped' });
  });

  it('has stopped where it left its socket', async () => {
    const { environment, directory } = emptyMachine();
    const path = join(directory, 'left.sock');
    const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['--eval', script, path]);
    const variables = { ...environment.variables, DOCKER_HOST: `unix://${path}` };
    const probe = await probeEngine('docker', patient, { ...environment, variables });
    expect(probe).toMatchObject({ kind: 'stopped', reason: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('is denied where its socket may not be opened (as another user; skipped unless root)', async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('needs root to become another user');
    const { directory } = emptyMachine();
    chmodSync(directory, 0o755);
    const path = join(directory, 'docker.sock');
    await listen(answering(JSON.stringify(version)), path);
    chmodSync(path, 0o600);
    const script = `
      const { probeEngine } = await import(${JSON.stringify(join(import.meta.dirname, '../../../electron/host/system/containerEngines.ts'))});
      process.setgid(65534); process.setuid(65534);
      const variables = { DOCKER_HOST: 'unix://' + process.argv[1] };
      process.stdout.write(JSON.stringify(await probeEngine('docker', new AbortController().signal, { variables, platform: 'linux' })));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'denied', reason: expect.stringContaining('EACCES') as string });
  });

  it.each([
    ['a web page', '<!DOCTYPE html>'],
    ['JSON of another kind', '{"hello":"world"}'],
    ['an endless answer', 'x'.repeat(2_000_000)],
  ])('is strange when it answers with %s', async (_, body) => {
    const { environment, variables, directory } = emptyMachine();
    await listen(answering(body), join(directory, 'strange.sock'));
    variables['DOCKER_HOST'] = `unix://${join(directory, 'strange.sock')}`;
    expect(await probeEngine('docker', patient, environment)).toMatchObject({ kind: 'strange' });
  });

  it('is strange when it does not speak HTTP', async () => {
    const { environment, variables, directory } = emptyMachine();
    await listen(createRawServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n')), join(directory, 'ssh.sock'));
    variables['DOCKER_HOST'] = `unix://${join(directory, 'ssh.sock')}`;
    expect(await probeEngine('docker', patient, environment)).toMatchObject({ kind: 'strange' });
  });

  it('is given up when it accepts and never answers', async () => {
    const { environment, variables, directory } = emptyMachine();
    await listen(createServer(() => undefined), join(directory, 'silent.sock'));
    variables['DOCKER_HOST'] = `unix://${join(directory, 'silent.sock')}`;
    const asked = new AbortController();
    const probe = probeEngine('docker', asked.signal, environment);
    asked.abort(new Error('time is up'));
    await expect(probe).rejects.toThrow('time is up');
  });
});
