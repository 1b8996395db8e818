/** Before each piece of a program's output without a terminal stand its kind, three zeros and its length (Engine API, "Attach to a container"). */
const HEADER_BYTES = 8;

export interface Piece {
  readonly from: 'output' | 'error';
  readonly bytes: Uint8Array;
}

/** What was read of a piece that is not whole yet. */
export interface FrameState {
  readonly header: readonly number[];
  readonly left: number;
}

export const beginFrames: FrameState = { header: [], left: 0 };

/** Takes frames apart as they come; a piece that is cut by the chunk is given in parts. */
export function readFrames(state: FrameState, chunk: Uint8Array): { readonly state: FrameState; readonly pieces: Piece[] } {
  const pieces: Piece[] = [];
  let header = [...state.header];
  let { left } = state;
  let at = 0;
  while (at < chunk.length) {
    if (left === 0) {
      const wanted = chunk.subarray(at, at + HEADER_BYTES - header.length);
      header.push(...wanted);
      at += wanted.length;
      if (header.length < HEADER_BYTES) break;
      left = header.slice(4).reduce((sum, byte) => sum * 256 + byte, 0);
      if (left === 0) header = [];
      continue;
    }
    const bytes = chunk.subarray(at, at + left);
    pieces.push({ from: header[0] === 2 ? 'error' : 'output', bytes });
    at += bytes.length;
    left -= bytes.length;
    if (left === 0) header = [];
  }
  return { state: { header, left }, pieces };
}
