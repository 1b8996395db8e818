import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { z } from 'zod';
import { DeclaredError } from '../contract/errors.ts';
import type { Lab } from '../lab/createLab.ts';
import { consoleQuery, serveConsole, type ConsoleQuery } from './consoleLine.ts';
import { serveRpc } from './rpcLine.ts';
import { screenQuery, serveScreen, type ScreenQuery } from './screenLine.ts';

/** The largest frame that a shell may send. The contract's largest input is a report with its evidence. */
const LARGEST_FRAME = 64 * 1024 * 1024;
/** How many lines one door keeps open: a page has one for the contract and one for each console and screen it shows. */
const MOST_LINES = 256;
const GOING_AWAY = 1001;

/** What the doors need of the lab. */
export type ServedLab = Pick<Lab, 'router' | 'activity'> & { readonly consoles: Pick<Lab['consoles'], 'view'>; readonly screens: Pick<Lab['screens'], 'open'> };

/** The WebSockets of one door. */
export interface Lines {
  /** Makes a request for `/rpc`, `/console` or `/screen` a line; throws a declared error for any other. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly count: number;
  /** The lab is ending: no line comes in any more, and no call is begun on those that are open. */
  refuse(): void;
  /** Ends every line with a closing handshake. */
  close(): void;
  /** Ends every line without one. */
  terminate(): void;
}

type Route = { readonly name: 'rpc' } | { readonly name: 'console'; readonly query: ConsoleQuery } | { readonly name: 'screen'; readonly query: ScreenQuery };

export function createLines(lab: ServedLab, report: (error: unknown) => string): Lines {
  const server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_FRAME, perMessageDeflate: false });

  let refusing = false;

  const serve = (socket: WebSocket, route: Route): void => {
    const leave = lab.activity.hold('client');
    socket.on('close', leave);
    // A frame that is too large or breaks the protocol: ws closes the line by itself.
    socket.on('error', () => undefined);
    if (route.name === 'rpc') serveRpc(socket, lab.router, { report, isEnding: () => refusing });
    else if (route.name === 'console') serveConsole(socket, lab.consoles, route.query, report);
    else void serveScreen(socket, lab.screens, route.query, report);
  };
  return {
    accept(request, socket, head) {
      if (refusing) throw new DeclaredError('LAB_UNREACHABLE', { socket: 'this lab', reason: 'it is ending' });
      const route = routeOf(urlOf(request));
      if (server.clients.size >= MOST_LINES) throw new DeclaredError('TOO_MANY_REQUESTS', { limitPerSecond: MOST_LINES });
      server.handleUpgrade(request, socket, head, (line) => serve(line, route));
    },
    get count() {
      return server.clients.size;
    },
    refuse() {
      refusing = true;
    },
    close() {
      for (const line of server.clients) line.close(GOING_AWAY, 'the door closes');
    },
    terminate() {
      for (const line of server.clients) line.terminate();
    },
  };
}

/** The address of a request; only its path and query are used, so the host is of no account. */
export function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'http://lab');
  } catch {
    throw new DeclaredError('PATH_REFUSED', { path: (request.url ?? '').slice(0, 200), reason: 'it is no address' });
  }
}

function routeOf({ pathname, searchParams }: URL): Route {
  switch (pathname) {
    case '/rpc':
      return { name: 'rpc' };
    case '/console':
      return { name: 'console', query: queryOf(consoleQuery, { id: searchParams.get('id'), from: searchParams.get('from') ?? undefined }) };
    case '/screen':
      return { name: 'screen', query: queryOf(screenQuery, { guest: searchParams.get('guest') }) };
    default:
      throw new DeclaredError('NOT_FOUND', { noun: 'channel', id: pathname.slice(0, 200) });
  }
}

/** Throws INPUT_INVALID for an address whose query does not fit. */
function queryOf<Query>(schema: z.ZodType<Query>, given: Readonly<Record<string, string | null | undefined>>): Query {
  const query = schema.safeParse(given);
  if (query.success) return query.data;
  const issues = query.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new DeclaredError('INPUT_INVALID', { issues });
}
