// Petri in a terminal: a client of the lab like the window and the browser.
import { runCli } from './runCli.ts';
import { exitCodes } from './exitCodes.ts';
import { createTerminal } from './run/terminal.ts';

const cancel = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second one means that the person does not want to wait for the first one to be carried out.
    if (cancel.signal.aborted) process.exit(exitCodes.cancelled);
    cancel.abort();
  });
}

// A reader that went away, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});

process.exitCode = await runCli(process.argv.slice(2), createTerminal(process.stdout, process.stderr, process.env), cancel.signal);
