import { eventIterator, oc } from '@orpc/contract';
import type { z } from 'zod';
import { errors, type ErrorCode, type ErrorDetails } from './errors.ts';

type DeclaredErrorMap = { [Code in ErrorCode]: { status: number; data: z.ZodType<ErrorDetails<Code>> } };

const errorMap = Object.fromEntries(
  Object.entries(errors).map(([code, { status, details }]) => [code, { status, data: details }]),
) as unknown as DeclaredErrorMap;

/** The root of every procedure: each can answer with every declared error. */
export const procedure = oc.errors(errorMap);

/** What a subscription yields: a snapshot first, then each change, until the subscriber leaves. */
export const stream = eventIterator;

/** A subscription without input. */
export function subscription<Event extends z.ZodType>(event: Event) {
  return procedure.output(stream(event));
}
