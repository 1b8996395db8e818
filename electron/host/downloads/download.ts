import { closeSync, fsync, openSync, write as writeSome } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DeclaredError } from '../../contract/errors.ts';
import { availableBytes, declareStorageError } from '../storage/storageFailures.ts';
import type { Partial } from './partial.ts';
import { FinalFailure, openWays, request, type Ways } from './request.ts';

export interface Download {
  readonly url: string;
  readonly partial: Partial;
  /** The size that was published, or null. */
  readonly expectedBytes: number | null;
  /** Whether the whole will be compared with a published digest: only then may bytes without a validator be continued. */
  readonly willBeChecked: boolean;
  readonly signal: AbortSignal;
  readonly report: (receivedBytes: number, totalBytes: number | null) => void;
  readonly patience?: Patience;
}

export interface Patience {
  /** A line on which nothing comes for so long is given up and opened again. */
  readonly stallMs: number;
  /** So many tries in a row that brought nothing end it. */
  readonly fruitlessTries: number;
  /** Before the second try, doubled before each further one: a server that is restarted needs a while. */
  readonly pauseMs: number;
}

const usual: Patience = { stallMs: 30_000, fruitlessTries: 5, pauseMs: 1_000 };
/** Left for everybody else on the disk. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/**
 * Fetches an address into a partial file and returns its size when the whole is there. It goes on after what an earlier
 * try left, when the server says that the rest belongs to it. The bytes are kept when it fails or is cancelled.
 * @throws DOWNLOAD_FAILED, DOWNLOAD_WRONG (a size that was not expected), SPACE_TOO_SMALL, DISK_FULL
 */
export async function download(wanted: Download): Promise<number> {
  const { url, partial, signal, patience = usual } = wanted;
  const ways = openWays();
  let fruitless = 0;
  try {
    for (;;) {
      const before = partial.bytes();
      const failure = await tryOnce(wanted, ways, patience).then(() => null, (error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      if (failure === null) return partial.bytes();
      if (signal.aborted || failure instanceof DeclaredError) throw failure;
      fruitless = partial.bytes() > before ? 0 : fruitless + 1;
      if (failure instanceof FinalFailure || fruitless >= patience.fruitlessTries) throw failed(wanted, failure);
      await pause(patience.pauseMs * 2 ** fruitless, undefined, { signal });
    }
  } finally {
    ways.close();
  }

  function failed({ expectedBytes }: Download, cause: Error): DeclaredError {
    const reason = cause.message;
    const whole = expectedBytes ?? partial.origin()?.totalBytes ?? null;
    return new DeclaredError('DOWNLOAD_FAILED', { url, reason, receivedBytes: partial.bytes(), expectedBytes: whole }, { cause });
  }
}

/** What the server makes of a question for the rest. */
type Meaning = { kind: 'rest'; totalBytes: number | null } | { kind: 'whole'; totalBytes: number | null } | { kind: 'complete' } | { kind: 'again' };

async function tryOnce(wanted: Download, ways: Ways, patience: Patience): Promise<void> {
  const { partial, url } = wanted;
  const line = new AbortController();
  const signal = AbortSignal.any([wanted.signal, line.signal]);
  const stalled = setTimeout(() => line.abort(), patience.stallMs);
  const heard: Download['report'] = (...progress) => {
    stalled.refresh();
    wanted.report(...progress);
  };
  try {
    const have = continuable(wanted);
    const { response } = await request(url, { ways, signal, headers: have === null ? {} : { range: `bytes=${have.bytes}-`, ...have.condition } });
    const meaning = meaningOf(response, have?.bytes ?? 0);
    if (meaning.kind === 'complete') return;
    if (meaning.kind === 'again') {
      partial.remove();
      throw new Error('what was there does not fit what the server has now');
    }
    checkSize(wanted, meaning.totalBytes);
    if (meaning.kind === 'whole') partial.begin({ url, validator: validatorOf(response), totalBytes: meaning.totalBytes });
    checkSpace(wanted, meaning.totalBytes);
    await receive(response, { ...wanted, report: heard }, meaning.totalBytes);
  } catch (error) {
    throw line.signal.aborted && !wanted.signal.aborted ? new Error(`nothing came for ${patience.stallMs} ms`) : error;
  } finally {
    clearTimeout(stalled);
    // An answer that nobody read to its end would keep its socket.
    line.abort();
  }
}

function continuable({ partial, url, willBeChecked }: Download): { bytes: number; condition: { 'if-range'?: string } } | null {
  const origin = partial.origin();
  const bytes = partial.bytes();
  if (origin === null || origin.url !== url || bytes === 0) return null;
  if (origin.validator !== null) return { bytes, condition: { 'if-range': origin.validator } };
  return willBeChecked ? { bytes, condition: {} } : null;
}

/** RFC 9110, 13.1.5: only a strong validator may stand in If-Range. */
function validatorOf({ headers }: IncomingMessage): string | null {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : (headers['last-modified'] ?? null);
}

function meaningOf(response: IncomingMessage, have: number): Meaning {
  const { statusCode = 0, statusMessage = '', headers } = response;
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  const total = range?.[2] === undefined || range[2] === '*' ? null : Number(range[2]);
  if (statusCode === 200) return { kind: 'whole', totalBytes: lengthOf(headers['content-length']) };
  if (statusCode === 206 && Number(range?.[1]) === have) return { kind: 'rest', totalBytes: total };
  if (statusCode === 416 && total === have && have > 0) return { kind: 'complete' };
  if (statusCode === 206 || statusCode === 416) return { kind: 'again' };
  const words = `the server answered ${statusCode} ${statusMessage}`.trim();
  // Too many requests, or the server's own trouble: later it may answer otherwise.
  if (statusCode === 429 || statusCode >= 500) throw new Error(words);
  throw new FinalFailure(words);
}

const lengthOf = (header: string | undefined): number | null => (header === undefined || !/^\d+$/.test(header) ? null : Number(header));

function checkSize({ url, expectedBytes }: Download, totalBytes: number | null): void {
  if (expectedBytes === null || totalBytes === null || totalBytes === expectedBytes) return;
  throw new DeclaredError('DOWNLOAD_WRONG', { url, what: 'its size', expected: `${expectedBytes} bytes`, found: `${totalBytes} bytes` });
}

function checkSpace({ partial, expectedBytes }: Download, totalBytes: number | null): void {
  const available = availableBytes(partial.path);
  const neededBytes = (totalBytes ?? expectedBytes ?? 0) - partial.bytes() + RESERVE_BYTES;
  if (available !== null && available < neededBytes) throw new DeclaredError('SPACE_TOO_SMALL', { path: partial.path, neededBytes, availableBytes: available });
}

async function receive(response: IncomingMessage, wanted: Download, totalBytes: number | null): Promise<void> {
  const { partial, expectedBytes, url, report } = wanted;
  const whole = totalBytes ?? expectedBytes;
  let received = partial.bytes();
  report(received, whole);
  // At once: a line that is cut while a file is being opened would take what came over it along.
  const file = openSync(partial.path, 'a', 0o600);
  const keep = async (chunk: Buffer): Promise<void> => {
    if (whole !== null && received + chunk.length > whole) throw new DeclaredError('DOWNLOAD_WRONG', { url, what: 'its size', expected: `${whole} bytes`, found: `more than ${whole} bytes` });
    await write(file, chunk);
    received += chunk.length;
    report(received, whole);
  };
  try {
    await drain(response, keep);
    await sync(file);
  } catch (error) {
    throw declareStorageError(partial.path, error);
  } finally {
    closeSync(file);
  }
  if (whole !== null && received < whole) throw new Error(`the line ended after ${received} of ${whole} bytes`);
}

const sync = promisify(fsync);
const writePart = promisify(writeSome<Buffer>);

async function write(file: number, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await writePart(file, chunk, at, chunk.length - at, null)).bytesWritten;
}

/** Hands over every chunk that came, also those that came just before the line was cut; `pipeline` would forget them. */
async function drain(response: IncomingMessage, keep: (chunk: Buffer) => Promise<void>): Promise<void> {
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => void keep(chunk).then(() => done(), done),
  });
  const cuts: Error[] = [];
  response.once('error', (error) => {
    cuts.push(error);
    sink.end();
  });
  sink.once('error', () => response.destroy());
  response.pipe(sink);
  await finished(sink);
  const [cut] = cuts;
  if (cut !== undefined) throw cut;
}
