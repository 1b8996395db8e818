import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file as a good server gives it. */
export interface ServedFile {
  readonly body: Buffer;
  readonly etag?: string | null;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface WebServer {
  url(path: string): string;
  /** What was asked for, in order: method, path, and the Range header. */
  readonly asked: { path: string; range: string | undefined; ifRange: string | undefined }[];
  serve(path: string, handler: Handler | ServedFile): void;
  close(): Promise<void>;
}

/** A web server on loopback whose answers a test decides: also to cut, to stall and to lie. */
export async function startWebServer(): Promise<WebServer> {
  const handlers = new Map<string, Handler>();
  const counts = new Map<string, number>();
  const asked: WebServer['asked'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push({ path, range: request.headers.range, ifRange: request.headers['if-range'] as string | undefined });
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const handler = handlers.get(path);
    if (handler === undefined) response.writeHead(404, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Not found</title>');
    else handler(request, response, count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    serve: (path, handler) => void handlers.set(path, typeof handler === 'function' ? handler : (request, response) => giveFile(handler, request, response)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers as a server should: ranges, validators, lengths. */
export function giveFile({ body, etag = tagOf(body) }: ServedFile, request: IncomingMessage, response: ServerResponse): void {
  const { range, condition } = { range: /^bytes=(\d+)-$/.exec(request.headers.range ?? ''), condition: request.headers['if-range'] };
  const validator = etag === null ? {} : { etag };
  const from = Number(range?.[1] ?? 0);
  if (range === null || (condition !== undefined && condition !== etag)) {
    response.writeHead(200, { ...validator, 'content-length': body.length }).end(body);
  } else if (from >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
  } else {
    const rest = body.subarray(from);
    response.writeHead(206, { ...validator, 'content-length': rest.length, 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }).end(rest);
  }
}

export const tagOf = (body: Buffer): string => `"${createHash('sha256').update(body).digest('hex').slice(0, 12)}"`;

/** Says that the whole comes, gives some of it and cuts the line. */
export function cutAfter(file: ServedFile, bytes: number): Handler {
  return (request, response, count) => {
    if (count > 1) { giveFile(file, request, response); return; }
    response.writeHead(200, { etag: tagOf(file.body), 'content-length': file.body.length });
    response.write(file.body.subarray(0, bytes), () => response.destroy());
  };
}

/** Says that the whole comes, gives some of it and then nothing more, the first time. */
export function stallAfter(file: ServedFile, bytes: number): Handler {
  return (request, response, count) => {
    if (count > 1) { giveFile(file, request, response); return; }
    response.writeHead(200, { etag: tagOf(file.body), 'content-length': file.body.length });
    response.write(file.body.subarray(0, bytes));
  };
}
