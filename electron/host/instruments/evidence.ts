import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createTraceDecoder } from '../../core/traces/traceDecoder.ts';
import type { TraceEvent } from '../../core/traces/traceEvent.ts';
import { createTraceIndex, type TraceIndex } from '../../core/traces/traceIndex.ts';
import { traceLine } from '../../core/traces/traceLine.ts';

export interface EvidencePage {
  readonly offset: number;
  readonly limit: number;
  /** Only lines that have it, whatever the case. */
  readonly search?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EvidenceLines {
  /** How many lines there are; of text, and with a search, how many were found until the page was full, one more where there are more. */
  readonly total: number;
  readonly lines: string[];
}

/** Reads pages of kept traces. Places that were found once are remembered by the file's path, which never changes its content. */
export interface EvidenceReader {
  /** Lines of a trace of the plugin. */
  trace(path: string, page: EvidencePage): Promise<EvidenceLines>;
  /** All events of a trace of the plugin, from its begin. */
  events(path: string, signal?: AbortSignal): AsyncIterable<TraceEvent>;
  /** Lines of a file that is text: a log of QEMU, stops of a debugger, strace, bpftrace. */
  text(path: string, page: EvidencePage): Promise<EvidenceLines>;
}

const READ_BYTES = 1024 * 1024;
/** A line of a log may be long; a page of them must fit into a message. */
const LONGEST_LINE = 2_000;
const REMEMBERED = 8;

export function createEvidenceReader(): EvidenceReader {
  const indices = new Map<string, TraceIndex>();
  const indexOf = (path: string): TraceIndex => {
    const index = indices.get(path) ?? createTraceIndex();
    indices.delete(path);
    indices.set(path, index);
    for (const oldest of [...indices.keys()].slice(0, -REMEMBERED)) indices.delete(oldest);
    return index;
  };
  return {
    async trace(path, page) {
      const file = await open(path, 'r');
      try {
        return await (page.search === undefined ? tracePage(file, indexOf(path), page) : pageOf(linesOf(eventsFrom(file, 0, [], page.signal)), page));
      } finally {
        await file.close();
      }
    },
    async *events(path, signal) {
      const file = await open(path, 'r');
      try {
        yield* eventsFrom(file, 0, [], signal);
      } finally {
        await file.close();
      }
    },
    text: (path, page) => pageOf(textLines(path), page),
  };
}

/** The whole of the trace is looked over once, by its records' first bytes; then a page is decoded from the place before it. */
async function tracePage(file: FileHandle, index: TraceIndex, { offset, limit, signal }: EvidencePage): Promise<EvidenceLines> {
  for await (const chunk of chunksFrom(file, index.bytes, signal)) index.take(chunk);
  const place = index.before(offset);
  const lines: string[] = [];
  let event = place.event;
  for await (const line of linesOf(eventsFrom(file, place.offset, index.preamble(), signal))) {
    if (lines.length >= limit) break;
    if (event >= offset) lines.push(line);
    event += 1;
  }
  return { total: index.events, lines };
}

async function* chunksFrom(file: FileHandle, from: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let at = from; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Events from a place on; what the decoder must know of the trace before it is taken first. Damage ends them. */
async function* eventsFrom(file: FileHandle, from: number, preamble: readonly Uint8Array[], signal: AbortSignal | undefined): AsyncGenerator<TraceEvent> {
  const decoder = createTraceDecoder();
  for (const part of preamble) decoder.take(part);
  for await (const chunk of chunksFrom(file, from, signal)) yield* decoder.take(chunk);
}

async function* linesOf(events: AsyncIterable<TraceEvent>): AsyncGenerator<string> {
  for await (const event of events) yield traceLine(event);
}

async function* textLines(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) yield line.slice(0, LONGEST_LINE);
  } finally {
    stream.destroy();
  }
}

/** The lines of a page, one after the other from the first; it stops at the first line behind the page. */
async function pageOf(lines: AsyncIterable<string>, { offset, limit, search, signal }: EvidencePage): Promise<EvidenceLines> {
  const wanted = search?.toLowerCase();
  const found: string[] = [];
  let total = 0;
  for await (const line of lines) {
    signal?.throwIfAborted();
    if (wanted !== undefined && !line.toLowerCase().includes(wanted)) continue;
    total += 1;
    if (total > offset + limit) break;
    if (total > offset) found.push(line);
  }
  return { total, lines: found };
}
