import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { DeclaredError } from '../contract/errors.ts';

/** What a request to the loopback door must name exactly. */
export interface Guard {
  readonly token: string;
  readonly host: string;
  readonly origin: string;
  /** What a browser gets in exchange for the token, good for the page's files alone. */
  readonly cookie: { readonly name: string; readonly value: string };
}

export function createGuard(token: string, address: string, port: number): Guard {
  // A browser leaves out the port of its scheme.
  const host = port === 80 ? address : `${address}:${port}`;
  // Browsers send cookies to every port of a host, so this one must not be worth what the token is worth.
  const value = createHash('sha256').update(`page files of ${token}`).digest('base64url');
  return { token, host, origin: `http://${host}`, cookie: { name: `petri-${port}`, value } };
}

/** Throws HOST_REFUSED for a request that came by another name: the page of a rebound name must not reach the lab. */
export function checkHost({ host }: Guard, headers: IncomingHttpHeaders): void {
  if (headers.host === host) return;
  throw new DeclaredError('HOST_REFUSED', { host: (headers.host ?? 'none').slice(0, 200), expected: [host] });
}

/**
 * Throws ORIGIN_REFUSED for a request that another page makes. A browser names the origin of every WebSocket, and a
 * program that names none is no page: it is held to the token like all others.
 */
export function checkOrigin({ origin }: Guard, headers: IncomingHttpHeaders): void {
  if (headers.origin === undefined || headers.origin === origin) return;
  throw new DeclaredError('ORIGIN_REFUSED', { origin: headers.origin.slice(0, 200), expected: [origin] });
}

/** Throws TOKEN_REFUSED. */
export function checkToken({ token }: Guard, query: URLSearchParams): void {
  const given = query.get('token');
  if (given === null) throw new DeclaredError('TOKEN_REFUSED', { given: 'none' });
  if (!isSame(given, token)) throw new DeclaredError('TOKEN_REFUSED', { given: 'wrong' });
}

/** Whether the browser carries the cookie of an earlier page; a reloaded page has no token in its address any more. */
export function hasCookie({ cookie }: Guard, headers: IncomingHttpHeaders): boolean {
  const cookies = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return cookies.some(([name, value]) => name === cookie.name && isSame(value ?? '', cookie.value));
}

/** Compares in a time that tells nothing about either. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
