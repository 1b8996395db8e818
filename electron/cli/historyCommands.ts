import type { Command } from 'commander';
import { dashboard, type DashboardOptions } from './commands/dashboard.ts';
import type { Run } from './program.ts';
import { wholeNumber } from './run/optionValues.ts';

/** The dashboard. */
export function addHistoryCommands(program: Command, run: Run): void {
  program
    .command('dashboard')
    .description('show what this machine and its running guests take, once a second; q ends it')
    .option('--once', 'print it once and end')
    .option('--prometheus <port>', 'serve the numbers as text on this port of 127.0.0.1 meanwhile, at /metrics', wholeNumber(1, 65_535))
    .addHelpText('after', ['', 'Examples:', '  $ petri dashboard', '  $ petri dashboard --once', '  $ petri dashboard --once --json | jq ".rows[] | [.name, .point.cpuPercent]"', '  $ petri dashboard --json > numbers.jsonl', '  $ petri dashboard --prometheus 9000'].join('\n'))
    .action((options: DashboardOptions, command: Command) => {
      if (options.once === true && options.prometheus !== undefined) command.error('error: --once ends before anybody can ask --prometheus');
      return run(command.optsWithGlobals(), (context) => dashboard(context, options));
    });
}
