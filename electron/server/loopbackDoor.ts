import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeclaredError } from '../contract/errors.ts';
import type { LoopbackAddress } from '../contract/system.ts';
import { ownerOfPort } from '../lab/system/portOwner.ts';
import { answerFailure, failureOf } from './answers.ts';
import { closeDoor, createDoor } from './door.ts';
import { checkHost, checkOrigin, checkToken, createGuard, hasCookie, type Guard } from './guard.ts';
import { securityHeaders } from './headers.ts';
import { createLines, urlOf, type Lines, type ServedLab } from './lines.ts';
import { createRateLimit } from './rateLimit.ts';
import { findStaticFile, sendStaticFile } from './staticFiles.ts';

const ADDRESS = '127.0.0.1';
/** A page loads some 50 files; nobody but a flood asks for more than this. */
const REQUESTS_PER_SECOND = 200;

export interface LoopbackOptions {
  readonly lab: ServedLab;
  readonly rendererDirectory: string;
  readonly report: (error: unknown) => string;
}

/** The browser's door: off until `listen`, and a new token each time. */
export function createLoopbackDoor(options: LoopbackOptions) {
  let open: { server: Server; lines: Lines; address: LoopbackAddress } | null = null;
  let opening: Promise<LoopbackAddress> | null = null;

  const start = async (port: number): Promise<LoopbackAddress> => {
    const lines = createLines(options.lab, options.report);
    const token = randomBytes(32).toString('base64url');
    const { server, bound } = await listenGuarded(options, lines, token, port);
    const url = `http://${ADDRESS}:${bound}/?token=${token}`;
    open = { server, lines, address: { address: ADDRESS, port: bound, token, url } };
    return open.address;
  };
  return {
    /** Opens the door, or answers with the open one. Rejects with PORT_TAKEN. */
    async listen(port: number): Promise<LoopbackAddress> {
      if (open !== null) return open.address;
      opening ??= start(port).finally(() => (opening = null));
      return opening;
    },
    async stopListening(): Promise<void> {
      await opening?.catch(() => undefined);
      const closing = open;
      open = null;
      if (closing !== null) await closeDoor(closing.server, closing.lines);
    },
  };
}

/** The guard knows the port, which is known only when the server listens; no request comes before that. */
async function listenGuarded({ rendererDirectory, report }: LoopbackOptions, lines: Lines, token: string, port: number) {
  const limit = createRateLimit(REQUESTS_PER_SECOND);
  let guard: Guard = createGuard(token, ADDRESS, port);
  const server = createDoor({
    lines,
    report,
    refusalHeaders: securityHeaders,
    check(request) {
      limit.take();
      checkHost(guard, request.headers);
      checkOrigin(guard, request.headers);
      checkToken(guard, urlOf(request).searchParams);
    },
    answer(request, response) {
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
      answerPage(request, response).catch((error: unknown) => answerFailure(response, failureOf(error, report)));
    },
  });
  const answerPage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    limit.take();
    checkHost(guard, request.headers);
    checkOrigin(guard, request.headers);
    const url = urlOf(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new DeclaredError('NOT_FOUND', { noun: 'page', id: `${request.method ?? ''} ${url.pathname}` });
    admit(guard, url, request, response);
    await sendStaticFile(response, await findStaticFile(rendererDirectory, rawPath(request)), request.method === 'GET');
  };
  server.listen(port, ADDRESS);
  await once(server, 'listening').catch(async (error: unknown) => {
    throw await portFailure(error, port);
  });
  const bound = (server.address() as AddressInfo).port;
  guard = createGuard(token, ADDRESS, bound);
  return { server, bound };
}

/** The token opens the page, and a cookie its files and its reload, when the token has left the address. */
function admit(guard: Guard, url: URL, request: IncomingMessage, response: ServerResponse): void {
  if (!url.searchParams.has('token') && hasCookie(guard, request.headers)) return;
  checkToken(guard, url.searchParams);
  response.setHeader('set-cookie', `${guard.cookie.name}=${guard.cookie.value}; HttpOnly; SameSite=Strict; Path=/`);
}

/** The path as it was sent: `URL` would have resolved its dots, and dots are to be refused, not resolved. */
function rawPath(request: IncomingMessage): string {
  return (request.url ?? '/').replace(/[?#].*$/s, '');
}

async function portFailure(error: unknown, port: number): Promise<unknown> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES') return new DeclaredError('PORT_TAKEN', { address: ADDRESS, port, owner: 'the system: ports below 1024 are not for users' });
  if (code !== 'EADDRINUSE') return error;
  return new DeclaredError('PORT_TAKEN', { address: ADDRESS, port, owner: await ownerOfPort(port) });
}
