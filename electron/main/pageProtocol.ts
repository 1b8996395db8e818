import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

const SCHEME = 'petri';
export const PAGE_ORIGIN = `${SCHEME}://app`;

/**
 * The same policy as at the loopback door (a test compares them): nothing but the app's own files; `blob:` is a report
 * that is shown or saved, `data:` a chart that is exported.
 */
export const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

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
    'content-type': mediaTypes[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CONTENT_POLICY,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  };
  return new Response(new Uint8Array(bytes), { headers });
}

/** Serves the built page from `directory` under PAGE_ORIGIN. */
export function servePage(directory: string): void {
  protocol.handle(SCHEME, (request) => answer(directory, request));
}
