import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocketServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../../electron/contract/containers.ts';
import type { DockerEnvironment } from '../../../electron/host/docker/contexts.ts';
import { openEngine } from '../../../electron/host/docker/engine.ts';
import { probeEngine } from '../../../electron/host/docker/probeEngine.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { failureOf, wordsOf } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';

/** What real engines answer to `GET /version`, cut to what is read. */
const answers = {
  docker: { Version: '20.10.24', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64', Components: [{ Name: 'Engine', Version: '20.10.24' }, { Name: 'containerd', Version: '1.6.20' }] },
  old: { Version: '18.09.1', ApiVersion: '1.39', Os: 'linux', Arch: 'amd64', Components: [{ Name: 'Engine', Version: '18.09.1' }] },
  podman: { Version: '4.3.1', ApiVersion: '1.41', Os: 'linux', Arch: 'amd64', Components: [{ Name: 'Podman Engine', Version: '4.3.1' }, { Name: 'Conmon', Version: '2.1.6' }] },
};

async function listen(server: Server, path = join(scratch(), 'engine.sock')): Promise<string> {
  await once(server.listen(path), 'listening');
  onTestFinished(() => void server.close());
  return `unix://${path}`;
}

/** An engine that answers everything with its version. */
function engineThat(answer: unknown, path?: string): Promise<string> {
  return listen(createServer((_request, response) => void response.setHeader('content-type', 'application/json').end(typeof answer === 'string' ? answer : JSON.stringify(answer))), path);
}

const nothingInstalled: DockerEnvironment = { variables: { PATH: '/nowhere', HOME: '/nowhere' }, platform: 'linux' };

function dockerInstalled(): DockerEnvironment {
  const bin = scratch();
  writeFileSync(join(bin, 'docker'), '');
  chmodSync(join(bin, 'docker'), 0o755);
  return { variables: { PATH: bin, HOME: '/nowhere' }, platform: 'linux' };
}

async function probe(host: string, environment = nothingInstalled) {
  const engine = await openEngine({ name: 'default', host }, environment);
  try {
    return await probeEngine(engine, environment);
  } finally {
    await engine.close();
  }
}

/** The state and its failure, after a check that it says something. */
async function stateOf(host: string, environment?: DockerEnvironment): Promise<{ state: Engine['state']; code: string | null; evidence: string }> {
  const { state, failure } = await probe(host, environment);
  return { state, code: failure?.code ?? null, evidence: failure === null ? '' : wordsOf(failure).evidence.join('\n') };
}

describe('an engine', () => {
  it('that is Docker and new enough is good', async () => {
    expect(await probe(await engineThat(answers.docker))).toEqual({ state: 'good', version: '20.10.24', platform: 'linux/amd64', failure: null });
  });

  it('that is too old says what is needed', async () => {
    expect(await stateOf(await engineThat(answers.old))).toMatchObject({ state: 'tooOld', code: 'DOCKER_TOO_OLD', evidence: expect.stringContaining('needed: API 1.41') as unknown });
  });

  it('that is Podman is not taken for Docker', async () => {
    expect(await stateOf(await engineThat(answers.podman))).toMatchObject({ state: 'podman', code: 'DOCKER_IS_PODMAN' });
  });

  it('that is not there, nor its programs, is not installed', async () => {
    expect(await stateOf('unix:///nowhere/docker.sock')).toMatchObject({ state: 'absent', code: 'DOCKER_ABSENT', evidence: expect.stringContaining('ENOENT') as unknown });
  });

  it('that is installed and not started is stopped', async () => {
    expect(await stateOf('unix:///nowhere/docker.sock', dockerInstalled())).toMatchObject({ state: 'stopped', code: 'DOCKER_STOPPED' });
  });

  it('that was killed and has left its socket is stopped', async () => {
    const path = join(scratch(), 'docker.sock');
    spawnSync(process.execPath, ['-e', 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))', path]);
    expect(await stateOf(`unix://${path}`)).toMatchObject({ state: 'stopped', evidence: expect.stringContaining('ECONNREFUSED') as unknown });
  });

  it('of which the socket is closed to this user is denied (as another user; skipped unless root)', async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip('needs root to become another user');
    const directory = scratch();
    chmodSync(directory, 0o755);
    const path = join(directory, 'docker.sock');
    await engineThat(answers.docker, path);
    chmodSync(path, 0o600);
    const host = join(import.meta.dirname, '../../../electron/host/docker');
    const script = `
      const { openEngine } = await import(${JSON.stringify(join(host, 'engine.ts'))});
      const { probeEngine } = await import(${JSON.stringify(join(host, 'probeEngine.ts'))});
      process.setgid(65534); process.setuid(65534);
      const environment = { variables: { PATH: '' }, platform: 'linux' };
      process.stdout.write(JSON.stringify(await probeEngine(await openEngine({ name: 'default', host: 'unix://' + process.argv[1] }, environment), environment)));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ state: 'denied', failure: { code: 'DOCKER_DENIED', details: { evidence: [expect.stringContaining('EACCES')] } } });
  });

  it('that answers like no engine is said to be none', async () => {
    expect(await stateOf(await engineThat('<html>'))).toMatchObject({ state: 'unknown', code: 'DOCKER_REFUSED' });
    expect(await stateOf(await engineThat({ hello: 1 }))).toMatchObject({ state: 'unknown', evidence: expect.stringContaining('not with a version') as unknown });
    expect(await stateOf(await listen(createSocketServer((socket) => socket.end('220 mail ready\r\n'))))).toMatchObject({ state: 'unknown' });
  });

  it('at an address of no known kind is refused before anybody is asked', async () => {
    expect(await failureOf(() => openEngine({ name: 'default', host: 'ftp://engine' }))).toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('behind ssh, an engine', () => {
  /** A program in ssh's place that says what ssh or the other host's shell would. */
  const sshThat = (script: string): void => {
    const bin = scratch();
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${bin}:${before ?? ''}`;
    onTestFinished(() => void (process.env['PATH'] = before));
  };

  it.each([
    ['that refuses the login is denied', 'echo "me@far: Permission denied (publickey)." >&2; exit 255', 'denied', 'DOCKER_DENIED'],
    ['that has no Docker is not installed', 'echo "bash: line 1: docker: command not found" >&2; exit 127', 'absent', 'DOCKER_ABSENT'],
    ['of which the host does not answer is stopped', 'echo "ssh: connect to host far port 22: Connection refused" >&2; exit 255', 'stopped', 'DOCKER_STOPPED'],
  ])('%s', async (_, script, state, code) => {
    sshThat(script);
    const told = await stateOf('ssh://me@far');
    expect(told).toMatchObject({ state, code });
    expect(told.evidence).toMatch(/Permission denied|not found|refused/);
  });
});

describe('a lab whose engine is not good', () => {
  it('says so by every door that needs one, and does all else', async () => {
    const place = makeLabPlace();
    onTestFinished(() => place.close());
    const { client } = await place.open({ docker: { ...nothingInstalled, variables: { ...nothingInstalled.variables, DOCKER_HOST: await engineThat(answers.podman) } } });
    const state = await client.containers.refresh();
    expect(state).toMatchObject({ engines: [{ name: 'default', state: 'podman', chosen: true, failure: { code: 'DOCKER_IS_PODMAN' } }], images: [], networks: [], containers: [] });
    for (const act of [() => client.containers.build({ recipe: 'qemu-i386' }), () => client.containers.createNetwork({ name: 'x', subnet: '10.1.0.0/16' }), () => client.containers.removeImage({ recipe: 'qemu-arm' })]) {
      expect(await failureOf(act)).toMatchObject({ code: 'DOCKER_IS_PODMAN' });
    }
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    await client.guests.update({ id: definition.id, change: { place: { kind: 'docker', engine: 'default' } } });
    expect(await failureOf(() => client.guests.start({ id: definition.id }))).toMatchObject({ code: 'DOCKER_IS_PODMAN' });
    await client.guests.update({ id: definition.id, change: { place: { kind: 'qemu' } } });
    expect((await client.guests.start({ id: definition.id })).runtime.state).toBe('running');
    expect(await failureOf(() => client.containers.choose({ engine: 'nowhere' }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
