import { z } from 'zod';
import { campaignErrors } from './errors/campaigns.ts';
import { containerErrors } from './errors/containers.ts';
import { diskErrors } from './errors/disks.ts';
import { doorErrors } from './errors/doors.ts';
import { eventInstrumentErrors } from './errors/eventInstruments.ts';
import { installationErrors } from './errors/installations.ts';
import { imageErrors, machineErrors } from './errors/machines.ts';
import { measurementErrors } from './errors/measurements.ts';
import { pluginErrors } from './errors/plugin.ts';
import { processErrors } from './errors/processes.ts';
import { processTracingErrors } from './errors/processTracing.ts';
import { reportErrors } from './errors/reports.ts';
import { storageErrors } from './errors/storage.ts';
import { symbolErrors } from './errors/symbols.ts';

/** Every expected failure of Petri by its code. A code that is not here is a bug and arrives as UNEXPECTED. */
export const errors = {
  ...doorErrors,
  ...storageErrors,
  ...processErrors,
  ...machineErrors,
  ...imageErrors,
  ...diskErrors,
  ...installationErrors,
  ...containerErrors,
  ...measurementErrors,
  ...processTracingErrors,
  ...pluginErrors,
  ...symbolErrors,
  ...eventInstrumentErrors,
  ...campaignErrors,
  ...reportErrors,
};

export type ErrorCode = keyof typeof errors;
export type ErrorDetails<Code extends ErrorCode> = z.output<(typeof errors)[Code]['details']>;

/** A failure as it is stored and sent: a code and its typed details. */
export type Failure = { [Code in ErrorCode]: { code: Code; details: ErrorDetails<Code> } }[ErrorCode];

const codes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

/** Accepts a failure only if its details fit the declaration of its code. */
export const failure: z.ZodType<Failure> = z
  .object({ code: z.enum(codes), details: z.unknown() })
  .refine(({ code, details }) => errors[code].details.safeParse(details).success, 'the details do not fit the code')
  .transform((value) => value as Failure);

/** What a person reads of a failure; `evidence` and `fix` are plain text without mark-up. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly what: string;
  readonly evidence: string[];
  readonly fix: string;
}

/** Words for a failure, the same in every shell. */
export function explain({ code, details }: Failure): Explanation {
  const declaration = errors[code] as unknown as {
    what: (details: unknown) => string;
    evidence: (details: unknown) => string[];
    fix: (details: unknown) => string;
  };
  return { code, what: declaration.what(details), evidence: declaration.evidence(details), fix: declaration.fix(details) };
}

/** A failure on its way to the edge, where it becomes a declared error of the contract. */
export class DeclaredError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails<Code>;

  constructor(code: Code, details: ErrorDetails<Code>, options?: ErrorOptions) {
    super(explain({ code, details } as unknown as Failure).what, options);
    this.name = 'DeclaredError';
    this.code = code;
    this.details = details;
  }

  get failure(): Failure {
    return { code: this.code, details: this.details } as unknown as Failure;
  }
}
