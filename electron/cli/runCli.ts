import { CommanderError } from 'commander';
import { exitCodes, type ExitCode } from './exitCodes.ts';
import { createProgram, type GlobalOptions } from './program.ts';
import { printResult, type Context, type Result } from './run/context.ts';
import { exitCodeOf, failureOf, printFailure } from './run/failures.ts';
import { createLabDoor } from './run/labDoor.ts';
import type { Terminal } from './run/terminal.ts';

/** Runs one command line and returns how it ended; nothing is thrown. */
export async function runCli(args: readonly string[], terminal: Terminal, cancelled: AbortSignal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const run = async ({ json, data }: GlobalOptions, action: (context: Context) => Promise<Result>): Promise<void> => {
    const context: Context = { terminal, json, lab: createLabDoor(data), cancelled };
    try {
      exitCode = printResult(context, await action(context));
    } catch (error) {
      const failure = cancelled.aborted ? { code: 'CANCELLED' as const, details: { task: 'The command' } } : failureOf(error);
      printFailure(terminal, failure, json);
      exitCode = exitCodeOf(failure);
    }
  };
  try {
    await createProgram(run).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the message already, for people; help and version end well.
    if (error.exitCode === 0) return exitCodes.ok;
    if (wantsJson(args)) printFailure(terminal, { code: 'INPUT_INVALID', details: { issues: [{ path: 'command line', message: error.message.replace(/^error: /, '') }] } }, true);
    return exitCodes.usage;
  }
  return exitCode;
}

/** Of words that were refused; those behind `--` are of another program. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}
