import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { PAGE_POLICY, pageMediaType } from '../contract/pageFiles.ts';

const SCHEME = 'petri';
export const PAGE_ORIGIN = `${SCHEME}://app`;

/** Gives the page an origin of its own, so that its files need neither `file:` nor a port. Before `ready` only. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

/**
 * The file below `directory` that an address of the page names, or null. An address without a file ending is a
 * route of the page and gets its document.
 */
export function pageFile(directory: string, address: string): string | null {
  const url = new URL(address);
  if (`${url.protocol}//${url.host}` !== PAGE_ORIGIN) return null;
  const path = decodePath(url.pathname);
  if (path === null) return null;
  const file = join(directory, extname(path) === '' ? 'index.html' : path);
  return file.startsWith(directory + sep) ? file : null;
}

function decodePath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? null : decoded;
  } catch {
    return null;
  }
}

async function answer(directory: string, request: Request): Promise<Response> {
  const file = request.method === 'GET' ? pageFile(directory, request.url) : null;
  const bytes = file === null ? null : await readFile(file).catch(() => null);
  if (file === null || bytes === null) return new Response('There is no such file.', { status: 404 });
  const headers = {
    'content-type': pageMediaType(extname(file)),
    'content-security-policy': PAGE_POLICY,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  };
  return new Response(new Uint8Array(bytes), { headers });
}

/** Serves the built page from `directory` under PAGE_ORIGIN. */
export function servePage(directory: string): void {
  protocol.handle(SCHEME, (request) => answer(directory, request));
}
