import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/websocket';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Lab } from '../lab/createLab.ts';

/** WebSocket close codes (RFC 6455, 7.4.1). */
const UNSUPPORTED_DATA = 1003;
const MALFORMED = 1007;

const id = z.union([z.string().max(64), z.number()]);
/** What oRPC's client sends: a request, an event of a stream that it feeds, or "stop this call". */
const rpcFrame = z.union([
  z.object({ i: id, t: z.literal(1).optional(), p: z.object({ u: z.string().startsWith('/').max(300) }) }),
  z.object({ i: id, t: z.literal(3), p: z.object({}) }),
  z.object({ i: id, t: z.literal(4) }),
]);

function isRpcFrame(text: string): boolean {
  try {
    return rpcFrame.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** An input that cannot even be decoded is answered like one that does not fit. */
async function decodingFailures<Result>({ next }: { next: () => Promise<Result> }): Promise<Result> {
  try {
    return await next();
  } catch (error) {
    if (error instanceof ORPCError) throw error;
    const issues = [{ path: '', message: 'the input cannot be decoded' }];
    throw new ORPCError('INPUT_INVALID', { status: 400, defined: true, data: { issues }, cause: error });
  }
}

/**
 * A shell that was told VERSION_MISMATCH gets nothing else on this line, except that it may say hello again or ask
 * the lab to end: it would misunderstand every other answer.
 */
function refuseAfterMismatch() {
  let mismatch: Error | null = null;
  return async <Result>({ path, next }: { path: readonly string[]; next: () => Promise<Result> }): Promise<Result> => {
    const name = path.join('.');
    if (mismatch !== null && name !== 'system.hello' && name !== 'system.shutdown') throw mismatch;
    try {
      const result = await next();
      if (name === 'system.hello') mismatch = null;
      return result;
    } catch (error) {
      if (error instanceof ORPCError && error.code === 'VERSION_MISMATCH') mismatch = error;
      throw error;
    }
  };
}

export interface RpcOptions {
  readonly report: (error: unknown) => string;
  readonly isEnding: () => boolean;
}

/** Serves the contract on one WebSocket. A malformed frame ends this line, and every call and stream on it. */
export function serveRpc(socket: WebSocket, router: Lab['router'], { report, isEnding }: RpcOptions): void {
  const handler = new RPCHandler(router, { interceptors: [decodingFailures], clientInterceptors: [refuseAfterMismatch()] });
  // oRPC wants a browser's WebSocket; ws has all that it uses.
  const peer = socket as unknown as Parameters<typeof handler.message>[0];
  const call = (text: string): void => {
    handler.message(peer, text, { context: {} }).catch((error: unknown) => {
      // Answers to a line that closed meanwhile, and streams that failed: their subscriber was told.
      if (socket.readyState === socket.OPEN && !(error instanceof ORPCError)) report(error);
    });
  };
  socket.on('message', (data: RawData, isBinary) => {
    // What would answer is being closed. The line goes in a moment, and the shell finds the next lab.
    if (isEnding()) return;
    const text = isBinary || !Buffer.isBuffer(data) ? null : data.toString('utf8');
    if (text === null) socket.close(UNSUPPORTED_DATA, 'the contract is spoken in text');
    else if (isRpcFrame(text)) call(text);
    else socket.close(MALFORMED, 'not a frame of the contract');
  });
  socket.on('close', () => handler.close(peer));
}
