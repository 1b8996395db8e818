import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DeclaredError } from '../contract/errors.ts';
import { pageMediaType } from '../contract/pageFiles.ts';

/** Vite puts a digest into the names below this folder, so their content never changes. */
const HASHED = '/assets/';

export interface StaticFile {
  readonly path: string;
  readonly size: number;
  readonly mediaType: string;
  readonly cacheControl: string;
}

/**
 * The file for an address, below `root` whatever the address says. A page's route, which is no file, gives
 * index.html. Throws PATH_REFUSED or NOT_FOUND.
 */
export async function findStaticFile(root: string, pathname: string): Promise<StaticFile> {
  const decoded = decodePath(pathname);
  const isRoute = extname(decoded) === '';
  const name = isRoute ? '/index.html' : decoded;
  const wanted = resolve(root, `.${name}`);
  if (!wanted.startsWith(resolve(root) + sep)) throw refused(pathname, 'it leads out of the page’s files');
  const path = await realFile(wanted, name);
  if (!path.startsWith((await realpath(root)) + sep)) throw refused(pathname, 'it is a link out of the page’s files');
  return {
    path,
    size: (await stat(path)).size,
    mediaType: pageMediaType(extname(name)),
    cacheControl: name.startsWith(HASHED) ? 'private, max-age=31536000, immutable' : 'no-store',
  };
}

/** Sends a file that `findStaticFile` found. */
export async function sendStaticFile(response: ServerResponse, file: StaticFile, withBody: boolean): Promise<void> {
  response.writeHead(200, { 'content-type': file.mediaType, 'content-length': file.size, 'cache-control': file.cacheControl });
  if (withBody) await pipeline(createReadStream(file.path), response);
  else response.end();
}

function decodePath(pathname: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    throw refused(pathname, 'its percent encoding is broken');
  }
  if (/[\0\\]/.test(decoded)) throw refused(pathname, 'it has a character that no file of the page has');
  if (decoded.split('/').includes('..')) throw refused(pathname, 'it leads out of the page’s files');
  return decoded;
}

async function realFile(path: string, name: string): Promise<string> {
  try {
    const found = await realpath(path);
    if ((await stat(found)).isFile()) return found;
  } catch {
    // Missing, or a part of the path is no directory: both are "not found".
  }
  throw new DeclaredError('NOT_FOUND', { noun: 'file', id: join('/', name) });
}

function refused(path: string, reason: string): DeclaredError {
  return new DeclaredError('PATH_REFUSED', { path: path.slice(0, 200), reason });
}
