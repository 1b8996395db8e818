/** How a command ends, for scripts. The same table stands under `petri --help`. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  /** The answer is no: a verdict that needs validation, something that is needed and is not here, a refusal. */
  negative: 4,
  /** As shells write a program that Ctrl-C ended: 128 + SIGINT. */
  cancelled: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `
Exit codes:
  0    done
  1    failed; what, evidence and fix are on stderr
  2    the command line is not understood
  3    there is no such guest, disk, system or run
  4    the answer is no: refused as things are, something needed is not here, or
       a verdict is NEEDS_VALIDATION
  130  cancelled with Ctrl-C; what was finished is kept`;
