import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';

/** Calls and returns of a real boot, as the plugin saw them. */
const fixture = z.object({
  /** The decoder that reads it. */
  decoder: z.string(),
  date: z.string(),
  /** What ran, and where it is from. */
  source: z.string(),
  qemu: z.string(),
  /** QEMU's command without the paths of files. */
  command: z.string(),
  /** SHA-256 of the kernel. */
  kernel: z.string(),
  /** Which part of the trace it is. */
  part: z.string(),
  /** Counts that the guest itself printed for this part, and that the events must have. */
  truth: z.record(z.string(), z.number()),
  events: z.array(z.record(z.string(), z.unknown())),
});
export type Fixture = Omit<z.infer<typeof fixture>, 'events'> & { readonly events: readonly TraceEvent[] };

const TAG = 'n:';

/** JSON has no big numbers and no bytes: both are texts with a tag. */
export function packEvent(event: TraceEvent): Record<string, unknown> {
  return JSON.parse(JSON.stringify(event, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${TAG}${value.toString(16)}`;
    return value instanceof Uint8Array ? `b:${Buffer.from(value).toString('hex')}` : value;
  })) as Record<string, unknown>;
}

function unpack(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(TAG) ? BigInt(`0x${value.slice(2)}`) : value.startsWith('b:') ? new Uint8Array(Buffer.from(value.slice(2), 'hex')) : value;
  if (Array.isArray(value)) return value.map(unpack);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner)])) : value;
}

export function readFixture(name: string): Fixture {
  const { events, ...rest } = fixture.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8')));
  return { ...rest, events: events.map((event) => unpack(event) as TraceEvent) };
}

/** What somebody who makes a fixture again says of it. */
export type FixtureSource = Pick<Fixture, 'decoder' | 'source' | 'qemu' | 'command' | 'part' | 'events'> & { readonly kernelFile: string };

/** Writes a fixture, an event a line. The date and the kernel's digest must then be those of `verified` in the names that it is decoded with. */
export function writeFixture(name: string, { kernelFile, events, decoder, source, qemu, command, part }: FixtureSource): void {
  const kernel = `sha256:${createHash('sha256').update(readFileSync(kernelFile)).digest('hex')}`;
  const head = JSON.stringify({ decoder, date: new Date().toISOString().slice(0, 10), source, qemu, command, kernel, part, truth: {} }, null, 2).slice(0, -2);
  const lines = events.map((event) => `    ${JSON.stringify(packEvent(event))}`).join(',\n');
  writeFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), `${head},\n  "events": [\n${lines}\n  ]\n}\n`);
}
