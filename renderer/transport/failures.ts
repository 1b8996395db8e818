import { ORPCError } from '@orpc/client';
import { DeclaredError, failure as failureSchema, type Failure } from '../../electron/contract/errors.ts';

const GO_ON = 'Petri looks for the lab and starts it again where it can. Then look at the activity and at the installations: what was under way may have stopped, and can be resumed there.';

/** Any thrown value as a failure of the contract, so that it can be explained the same way everywhere. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof DeclaredError) return thrown.failure;
  if (thrown instanceof ORPCError) {
    const declared = failureSchema.safeParse({ code: thrown.code, details: thrown.data as unknown });
    if (declared.success) return declared.data;
    if (thrown.code === 'BAD_REQUEST') return { code: 'INPUT_INVALID', details: { issues: issuesOf(thrown.data) } };
    return { code: 'UNEXPECTED', details: { reference: `${thrown.code}: ${thrown.message}` } };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (isLostLine(thrown)) return { code: 'LAB_UNREACHABLE', details: { socket: 'the line to the lab', reason: 'it closed while an answer was awaited', next: GO_ON } };
  return { code: 'UNEXPECTED', details: { reference: `${message} (in the page)` } };
}

/** oRPC rejects what was under way with these when a line closes. */
function isLostLine(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || /WebSocket is not open|\bclosed\b|aborted/i.test(thrown.message));
}

function issuesOf(data: unknown): { path: string; message: string }[] {
  const issues = (data as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(issues)) return [];
  return issues.map((issue: { path?: unknown; message?: unknown }) => ({
    path: Array.isArray(issue.path) ? issue.path.map(String).join('.') : '',
    message: typeof issue.message === 'string' ? issue.message : 'does not fit',
  }));
}
