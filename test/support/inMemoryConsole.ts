import type { TimeMark } from '../../electron/contract/consoles.ts';

/** A console whose bytes lie in one buffer; time marks are at each append. */
export function createInMemoryConsole() {
  let bytes = Buffer.alloc(0);
  const marks: TimeMark[] = [];
  const listeners = new Set<() => void>();

  return {
    range: () => ({ first: 0, end: bytes.length }),
    append(text: string | Uint8Array, atMs = Date.now()): void {
      marks.push({ offset: bytes.length, atMs });
      bytes = Buffer.concat([bytes, Buffer.from(text as Uint8Array)]);
      for (const listener of listeners) listener();
    },
    slice: (from: number, length: number): Uint8Array => bytes.subarray(from, from + length),
    onAppend(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read(from: number, length: number) {
      const part = bytes.subarray(from, from + length);
      return { from, base64: part.toString('base64'), marks: marks.filter(({ offset }) => offset >= from && offset < from + length) };
    },
    search(pattern: string, kind: 'text' | 'expression', limit: number) {
      const expression = kind === 'expression' ? new RegExp(pattern) : null;
      const matches: { offset: number; line: string; atMs: number | null }[] = [];
      let offset = 0;
      for (const line of bytes.toString('latin1').split('\n')) {
        if (expression === null ? line.includes(pattern) : expression.test(line)) matches.push({ offset, line: Buffer.from(line, 'latin1').toString().trimEnd(), atMs: null });
        if (matches.length >= limit) return { matches, complete: false };
        offset += line.length + 1;
      }
      return { matches, complete: true };
    },
  };
}

export type InMemoryConsole = ReturnType<typeof createInMemoryConsole>;
