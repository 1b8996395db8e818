import type { ReturnEvent } from '../traces/traceEvent.ts';
import type { CallOutcome, DecodedCall } from './decodedCall.ts';
import { messageWord, signed32 } from './registers.ts';

/**
 * Errors of MINIX are below zero. The kernel's own stand in the result register; what a server or the kernel answered stands in
 * the message's type, for which the message must have been read. A RECEIVE brings a request, whose type is no result.
 */
export function minixOutcome(call: DecodedCall, { result, message }: ReturnEvent): CallOutcome {
  const refused = signed32(result);
  if (refused < 0) return { error: true, errorNumber: -refused };
  if (call.exchange === 'receive' || call.exchange === 'send') return { error: false, errorNumber: null };
  const answered = messageWord(message, 4);
  if (answered !== null) return { error: answered < 0, errorNumber: answered < 0 ? -answered : null };
  const answers = call.operation === null || call.operation === 'SENDREC';
  return { error: answers ? null : false, errorNumber: null };
}
