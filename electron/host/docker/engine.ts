import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { DeclaredError } from '../../contract/errors.ts';
import type { EngineAddress } from '../../core/containers/judgeEngine.ts';
import { carrySocket } from './carriedSocket.ts';
import { dockerDirectory, thisEnvironment, type DockerEnvironment } from './contexts.ts';
import { openSshLine } from './sshLine.ts';

/** An engine that can be asked. */
export interface DockerEngine extends EngineAddress {
  readonly docker: Docker;
  /** Whether paths of this machine mean the same to it. */
  readonly sharesFiles: boolean;
  /** Whether Unix sockets in them can be connected from both sides, which a virtual machine in between prevents. */
  readonly sharesSockets: boolean;
  /** What ssh said last, for an engine of another host. */
  words(): string;
  close(): Promise<void>;
}

/** Certificates of a context with TLS, where Docker's command line keeps them. */
function certificates(name: string, environment: DockerEnvironment): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const directory = join(dockerDirectory(environment), 'contexts', 'tls', createHash('sha256').update(name).digest('hex'), 'docker');
  const file = (which: string): Buffer | undefined => {
    try {
      return readFileSync(join(directory, which));
    } catch {
      return undefined;
    }
  };
  const [ca, cert, key] = [file('ca.pem'), file('cert.pem'), file('key.pem')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

const elsewhere = { sharesFiles: false, sharesSockets: false };
const nothingSaid = (): string => '';
const nothingToClose = (): Promise<void> => Promise.resolve();

/** Prepares for asking an engine; nobody is connected yet. Throws INPUT_INVALID for an address of no known kind. */
export async function openEngine({ name, host }: EngineAddress, environment: DockerEnvironment = thisEnvironment): Promise<DockerEngine> {
  const socketPath = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (socketPath !== undefined) {
    const sharesSockets = environment.platform === 'linux' && !/desktop/i.test(socketPath);
    return { name, host, docker: new Docker({ socketPath }), sharesFiles: true, sharesSockets, words: nothingSaid, close: nothingToClose };
  }
  if (/^ssh:\/\/./.test(host)) return openSshEngine({ name, host });
  const network = /^(tcp|https?):\/\/(\[[^\]]+\]|[^/:]+):(\d+)\/?$/.exec(host);
  const [, kind, address, port] = network ?? [];
  if (address === undefined || port === undefined) {
    throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'engine', message: `${JSON.stringify(host)} is not an address of a Docker Engine (unix://, ssh://, tcp://)` }] });
  }
  const tls = certificates(name, environment);
  const protocol = kind === 'https' || tls.ca !== undefined ? 'https' : 'http';
  return { name, host, docker: new Docker({ host: address, port: Number(port), protocol, ...tls }), ...elsewhere, words: nothingSaid, close: nothingToClose };
}

/** Each connection is one of ssh; the library speaks to a socket of this machine that carries them. */
async function openSshEngine({ name, host }: EngineAddress): Promise<DockerEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'petri-ssh-'));
  let words = nothingSaid;
  const carried = await carrySocket(join(directory, 'engine'), () => {
    const line = openSshLine(host);
    words = line.words;
    return Promise.resolve(line.stream);
  });
  return {
    name,
    host,
    docker: new Docker({ socketPath: carried.path }),
    ...elsewhere,
    words: () => words(),
    async close() {
      await carried.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
