import { createHash } from 'node:crypto';
import type { DiskWorld } from './diskWorld.ts';

const SECTOR_BYTES = 512;
/** Far enough from each other that each write is one of its own, and in a part that no other write of these tests reaches first. */
const FIRST_SECTOR = 2_048;
const SECTORS_APART = 129;
const POLL_MS = 5;

interface Write {
  readonly sector: number;
  readonly byte: number;
}

/** A running guest that writes one sector after another; each is acknowledged by the guest, flushed, before the next is typed. */
export interface LiveWrites {
  /** Digests that the content may have had at any moment since the writing began. */
  history(): Set<string>;
  /** Digests that the disk may have now: what was acknowledged is there, what was under way may be. */
  possible(): Set<string>;
  /** The same for a disk that was taken back to the content from which the writing began. */
  possibleAfterReturn(): Set<string>;
  /** How many the guest has acknowledged. */
  acknowledged(): number;
  /** Writes no more; what was typed may still be done. */
  stop(): Promise<void>;
}

/** Begins to write; `base` is the content as it is now. */
export function startLiveWrites(world: DiskWorld, base: Buffer): LiveWrites {
  const { call, guest } = world;
  const console = `guest/${guest}/serial0`;
  const typed: Write[] = [];
  let acknowledged = 0;
  let isOver = false;

  const after = (writes: readonly Write[]): string => {
    const content = Buffer.from(base);
    for (const { sector, byte } of writes) content.fill(byte, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
    return createHash('sha256').update(content).digest('hex');
  };
  const read = async (from: number): Promise<string> => {
    const { base64 } = await call<{ base64: string }>('consoles.read', { id: console, from, bytes: 4_096 });
    return Buffer.from(base64, 'base64').toString('latin1');
  };
  const writeOne = async (at: number): Promise<void> => {
    const sectors = base.length / SECTOR_BYTES - FIRST_SECTOR;
    const write = { sector: FIRST_SECTOR + ((at * SECTORS_APART) % sectors), byte: 1 + (at % 255) };
    const { end } = await call<{ end: number }>('consoles.get', { id: console });
    // From here on it may be done, whether we hear of it or not.
    typed.push(write);
    await call('consoles.write', { id: console, base64: Buffer.from(`disk write ${write.sector} ${write.byte}\r`).toString('base64') });
    while (!isOver && !(await read(end)).includes(`written sector=${write.sector} `)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if ((await read(end)).includes(`written sector=${write.sector} `)) acknowledged += 1;
  };
  const writing = (async () => {
    for (let at = 0; !isOver; at += 1) await writeOne(at);
  })();
  // The lab is killed, or the guest ends: what was acknowledged until then counts.
  const ended = writing.catch(() => undefined);

  return {
    acknowledged: () => acknowledged,
    history: () => new Set(Array.from({ length: typed.length + 1 }, (_, count) => after(typed.slice(0, count)))),
    possible: () => new Set([after(typed.slice(0, acknowledged)), after(typed)]),
    possibleAfterReturn: () => new Set([after([]), after(typed.slice(-1))]),
    async stop() {
      isOver = true;
      await ended;
    },
  };
}
