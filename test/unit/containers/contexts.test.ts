import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { currentEngine, listEngines, type DockerEnvironment } from '../../../electron/host/docker/contexts.ts';
import { scratch } from '../../support/scratch.ts';

function environment(files: Record<string, string>, variables: Record<string, string> = {}): DockerEnvironment {
  const home = scratch();
  for (const [name, content] of Object.entries(files)) {
    const path = join(home, '.docker', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  }
  return { variables: { HOME: home, ...variables }, platform: 'linux' };
}

const context = (name: string, host: string): string => JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } });

describe('the engines that a user knows', () => {
  it('are the one of this machine when nothing else is set up', () => {
    const plain = environment({});
    expect(listEngines(plain)).toEqual([{ name: 'default', host: 'unix:///var/run/docker.sock' }]);
    expect(currentEngine(plain)).toBe('default');
  });

  it('are the contexts of Docker’s command line, by name', () => {
    const known = environment({
      'contexts/meta/b/meta.json': context('work', 'ssh://me@work.example'),
      'contexts/meta/a/meta.json': context('attic', 'tcp://10.0.0.9:2376'),
      'config.json': JSON.stringify({ currentContext: 'work' }),
    });
    expect(listEngines(known).map(({ name, host }) => `${name} ${host}`)).toEqual(['default unix:///var/run/docker.sock', 'attic tcp://10.0.0.9:2376', 'work ssh://me@work.example']);
    expect(currentEngine(known)).toBe('work');
  });

  it('follow DOCKER_HOST before a context, and DOCKER_CONTEXT before the file', () => {
    const files = { 'config.json': JSON.stringify({ currentContext: 'work' }) };
    const named = environment(files, { DOCKER_HOST: 'unix:///run/other.sock', DOCKER_CONTEXT: 'attic' });
    expect(listEngines(named)[0]).toEqual({ name: 'default', host: 'unix:///run/other.sock' });
    expect(currentEngine(named)).toBe('default');
    expect(currentEngine(environment(files, { DOCKER_CONTEXT: 'attic' }))).toBe('attic');
  });

  it('leave out what is no context', () => {
    const odd = environment({ 'contexts/meta/a/meta.json': 'no JSON', 'contexts/meta/b/meta.json': '{"Name":"half"}', 'config.json': '[]' });
    expect(listEngines(odd)).toHaveLength(1);
    expect(currentEngine(odd)).toBe('default');
  });
});
