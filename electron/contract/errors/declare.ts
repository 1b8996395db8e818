import type { z } from 'zod';

/**
 * One kind of expected failure. Only `details` travels; the three texts are derived from it, so that
 * the page, the terminal and JSON say the same.
 *
 * `status` is the HTTP status of the REST door. `what` is one sentence, `evidence` the lines that prove
 * it, `fix` the one thing to do next.
 */
export interface ErrorDeclaration<Details extends z.ZodType = z.ZodType> {
  readonly status: number;
  readonly details: Details;
  readonly what: (details: z.output<Details>) => string;
  readonly evidence: (details: z.output<Details>) => string[];
  readonly fix: (details: z.output<Details>) => string;
}

/** Gives `what`, `evidence` and `fix` the type of the schema that stands beside them. */
export function declareError<Details extends z.ZodType>(declaration: ErrorDeclaration<Details>): ErrorDeclaration<Details> {
  return declaration;
}
