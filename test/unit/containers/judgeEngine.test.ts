import { describe, expect, it } from 'vitest';
import { explain } from '../../../electron/contract/errors.ts';
import { judgeEngine, type EngineAnswer, type EngineVersion } from '../../../electron/core/containers/judgeEngine.ts';

const address = { name: 'default', host: 'unix:///var/run/docker.sock' };
const docker: EngineVersion = { version: '20.10.24', apiVersion: '1.41', components: ['Engine', 'containerd'], os: 'linux', arch: 'amd64' };
const judge = (answer: EngineAnswer) => judgeEngine(address, answer, 'linux');

describe('an engine', () => {
  it('is good when it is Docker and new enough', () => {
    expect(judge({ kind: 'answers', version: docker })).toEqual({ state: 'good', version: '20.10.24', platform: 'linux/amd64', failure: null });
  });

  it('is too old below API 1.41, which is a number and no text', () => {
    expect(judge({ kind: 'answers', version: { ...docker, version: '19.03.1', apiVersion: '1.40' } }).failure?.code).toBe('DOCKER_TOO_OLD');
    expect(judge({ kind: 'answers', version: { ...docker, apiVersion: '1.9' } }).state).toBe('tooOld');
    expect(judge({ kind: 'answers', version: { ...docker, apiVersion: '1.100' } }).state).toBe('good');
  });

  it('is Podman by its component, whatever version it claims', () => {
    expect(judge({ kind: 'answers', version: { ...docker, version: '4.3.1', components: ['Podman Engine', 'Conmon'] } }).failure?.code).toBe('DOCKER_IS_PODMAN');
  });

  it('has five ways of not being usable, each with its own words and its own fix', () => {
    const answers: EngineAnswer[] = [
      { kind: 'absent', evidence: ['no such file'] },
      { kind: 'stopped', evidence: ['nobody listens'] },
      { kind: 'denied', evidence: ['EACCES'] },
      { kind: 'answers', version: { ...docker, apiVersion: '1.39' } },
      { kind: 'answers', version: { ...docker, components: ['Podman Engine'] } },
    ];
    const words = answers.map((answer) => {
      const { failure } = judge(answer);
      if (failure === null) throw new Error('a failure was expected');
      return explain(failure);
    });
    expect(new Set(words.map(({ what }) => what)).size).toBe(5);
    expect(new Set(words.map(({ fix }) => fix)).size).toBe(5);
    for (const { evidence } of words) expect(evidence.join('')).not.toBe('');
  });
});
