import { InvalidArgumentError, Option, type Command } from 'commander';
import { console as attach, ESCAPE_NAME, type ConsoleOptions } from './commands/console.ts';
import { exportLog, type ExportOptions } from './commands/exportConsole.ts';
import { login, type LoginOptions } from './commands/login.ts';
import { monitor, type MonitorOptions } from './commands/monitor.ts';
import { screen } from './commands/screen.ts';
import type { Run } from './program.ts';
import { wholeNumber } from './run/optionValues.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;
const GUEST = 'id or name of a guest';

function offset(text: string): number | 'end' {
  if (text === 'end') return 'end';
  return text === 'start' ? 0 : wholeNumber(0, Number.MAX_SAFE_INTEGER)(text);
}

function consoleName(text: string): string {
  if (!/^(serial[0-3]|monitor|(ssh|shell)\d{1,2})$/.test(text)) throw new InvalidArgumentError('It must be serial0 to serial3, monitor, ssh0, shell0 or the like.');
  return text;
}

/** Which console of a guest: the first serial port unless another one is named. */
function withWhich(command: Command): Command {
  return command
    .option('--port <number>', 'which serial port, from 1', wholeNumber(1, 4))
    .option('--console <name>', 'another console: monitor, ssh0, shell0 …', consoleName);
}

/** `petri console`, `monitor`, `ssh`, `shell` and `screen` */
export function addConsoleCommands(program: Command, run: Run): void {
  const consoles = withWhich(program.command('console'))
    .description(`attach this terminal to a guest's serial console; ${ESCAPE_NAME} leaves it`)
    .argument('<guest>', GUEST)
    .option('--from <offset>', 'start of the replay: start, end, or a byte offset', offset, 0)
    .option('--no-follow', 'print what is there and end')
    .addHelpText('after', examples('console builtin-i386', 'console builtin-i386 --port 2 --from end', 'console builtin-i386 --no-follow > boot.log'))
    .action((guest: string, options: ConsoleOptions, command: Command) => run(command.optsWithGlobals(), (context) => attach(context, guest, options)));
  withWhich(consoles.command('export'))
    .description('write the whole log of a console to a file')
    .argument('<guest>', GUEST)
    .addOption(new Option('--format <format>', 'text without control sequences, the bytes, or a recording with times').choices(['text', 'bytes', 'asciicast']).default('text'))
    .option('-o, --output <file>', 'write to this file; stdout when absent')
    .addHelpText('after', examples('console export builtin-i386', 'console export builtin-i386 --format asciicast -o boot.cast', 'console export builtin-i386 -o boot.txt --json'))
    .action((guest: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => exportLog(context, guest, command.optsWithGlobals<ExportOptions>())));
  program
    .command('monitor')
    .description("QEMU's own console of a running guest: one command, or a prompt with completion")
    .argument('<guest>', GUEST)
    .argument('[command...]', 'a command of QEMU (HMP), or "qmp NAME {…}"')
    .option('-y, --yes', 'do not ask before a command that destroys')
    .addHelpText('after', examples('monitor builtin-i386', 'monitor builtin-i386 info status', 'monitor builtin-i386 qmp query-status --json | jq .text'))
    .action((guest: string, words: string[], options: MonitorOptions, command: Command) => run(command.optsWithGlobals(), (context) => monitor(context, guest, words, options)));
  program
    .command('ssh')
    .description(`log in to a guest over SSH with Petri's own key; ${ESCAPE_NAME} leaves the login open`)
    .argument('<guest>', GUEST)
    .option('--new-host-key', 'trust the key that the guest has now')
    .option('--key', 'print the line that lets Petri in, to be typed in the guest')
    .addHelpText('after', examples('ssh debian', 'ssh debian --key', 'ssh debian --key --json | jq -r .line'))
    .action((guest: string, options: LoginOptions, command: Command) => run(command.optsWithGlobals(), (context) => login(context, guest, 'ssh', options)));
  program
    .command('shell')
    .description(`open a shell in the container of a guest; ${ESCAPE_NAME} leaves it open`)
    .argument('<guest>', GUEST)
    .addHelpText('after', examples('shell minix', 'shell minix --json'))
    .action((guest: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => login(context, guest, 'shell', {})));
  program
    .command('screen')
    .description("save what a guest's screen shows")
    .argument('<guest>', GUEST)
    .requiredOption('--png <file>', 'write the picture to this file')
    .addHelpText('after', examples('screen minix --png minix.png', 'screen minix --png minix.png --json'))
    .action((guest: string, options: { png: string }, command: Command) => run(command.optsWithGlobals(), (context) => screen(context, guest, options.png)));
}
