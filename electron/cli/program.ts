import { Command, InvalidArgumentError, Option } from 'commander';
import { acceleratorName } from '../contract/accelerators.ts';
import { instrumentName } from '../contract/instruments.ts';
import { architecture } from '../contract/primitives.ts';
import { accelerators, type AcceleratorsOptions } from './commands/accelerators.ts';
import { compare } from './commands/compare.ts';
import { demo, type DemoOptions } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { launch, type LaunchOptions } from './commands/launch.ts';
import { measureBoot, type MeasureBootOptions } from './commands/measureBoot.ts';
import { report, type ReportFormat } from './commands/report.ts';
import { serve } from './commands/serve.ts';
import { status } from './commands/status.ts';
import { stop, type StopOptions } from './commands/stop.ts';
import { addCatalogCommands } from './catalogCommands.ts';
import { addContainerCommands } from './containerCommands.ts';
import { addDiskCommands, addSnapshotCommands } from './diskCommands.ts';
import { addGuestCommandsOf } from './guestCommands.ts';
import { addInstallCommands } from './installCommands.ts';
import { addConsoleCommands } from './consoleCommands.ts';
import { exitCodeHelp } from './exitCodes.ts';
import type { Context, Result } from './run/context.ts';
import { version } from './run/labDoor.ts';
import { wholeNumber } from './run/optionValues.ts';

export { wholeNumber } from './run/optionValues.ts';

/** What is said before the command's own options. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly data?: string;
}

/** Runs a command's action in a context made of the global options. */
export type Run = (globals: GlobalOptions, action: (context: Context) => Promise<Result>) => Promise<void>;

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0.1 && value <= 86_400)) throw new InvalidArgumentError('It must be a number of seconds from 0.1 to 86400.');
  return value;
}

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;

/** Collects an option that may be given several times. */
const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

/** The same for an option with a closed list of values. */
function collectFrom(choices: readonly string[]): typeof collect {
  return (text, before) => {
    if (!choices.includes(text)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return collect(text, before);
  };
}

function addMachineCommands(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('probe this machine and say what works, by what evidence, and how to get the rest')
    .option('--repair', 'keep a damaged database aside and restore all that can be read')
    .addHelpText('after', examples('doctor', 'doctor --json | jq ".[] | select(.verdict != \\"good\\")"'))
    .action((options: { repair?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => doctor(context, options)));
  program
    .command('accelerators')
    .description('list what kvm, hvf, whpx, nvmm and tcg can do here; each verdict is proven by a boot')
    .option('--test', 'boot the built-in guest anew instead of trusting the cache')
    .addOption(new Option('--architecture <name>', 'only this instruction set').choices(architecture.options))
    .addHelpText('after', examples('accelerators', 'accelerators --test --architecture i386', 'accelerators --json | jq ".[].chosen"'))
    .action((options: AcceleratorsOptions, command: Command) => run(command.optsWithGlobals(), (context) => accelerators(context, options)));
  program
    .command('serve')
    .description('open the lab to a browser on this machine, and print the address with its token')
    .option('--port <number>', 'port on 127.0.0.1; 0 for any free one', wholeNumber(0, 65_535), 0)
    .addHelpText('after', examples('serve', 'serve --port 8080', 'serve --json | jq --unbuffered -r .url'))
    .action((options: { port: number }, command: Command) => run(command.optsWithGlobals(), (context) => serve(context, options)));
}

function addGuestCommands(program: Command, run: Run): void {
  program
    .command('launch')
    .description('start a guest; a catalog entry becomes a guest first')
    .argument('[guest]', 'id or name of a guest or of a catalog entry')
    .addOption(new Option('--arch <name>', 'Petri’s own guest of that architecture instead of a named one').choices(['i386', 'arm', 'both']))
    .option('--foreground', 'show its console until it has stopped; Ctrl-C powers it down')
    .option('--engine <context>', 'place it in Docker first: QEMU runs in a container of this context (petri engine list)')
    .option('--no-engine', 'place it on this machine first')
    .option('--engine-network <name>', 'a network of that engine for the container (petri network list)')
    .option('--no-engine-network', 'the engine’s own bridge')
    .option('--dry-run', 'print the command that would be run, and run nothing')
    .addHelpText('after', examples('launch builtin-i386', 'launch builtin-i386 --engine default', 'launch --arch both', 'launch --arch i386 --foreground', 'launch "My Linux" --dry-run', 'launch builtin-i386 --json | jq .runtime.state'))
    .action((guest: string | undefined, options: LaunchOptions, command: Command) => {
      if (guest === undefined && options.arch === undefined) command.error('error: name a guest, or say --arch');
      return run(command.optsWithGlobals(), (context) => launch(context, guest, options));
    });
  program
    .command('stop')
    .description('power a guest down; without a name, the only one that runs')
    .argument('[guest]', 'id or name of a guest')
    .option('--kill', 'end QEMU at once')
    .option('--after <seconds>', 'kill it when it has not powered down by then', seconds)
    .option('--all', 'every guest that runs')
    .option('--group <name>', 'every guest of a group')
    .option('--lab', 'end the lab; its guests go on unless --all or --kill is given')
    .addHelpText('after', examples('stop builtin-i386', 'stop --all', 'stop --lab', 'stop --all --json'))
    .action((guest: string | undefined, options: StopOptions, command: Command) => run(command.optsWithGlobals(), (context) => stop(context, guest, options)));
  program
    .command('status')
    .description('say what the lab and its guests do now; starts no lab')
    .addHelpText('after', examples('status', 'status --json | jq ".guests[].definition.name"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), status));
}

function addMeasurementCommands(program: Command, run: Run): void {
  program
    .command('measure')
    .description('time the boots of guests')
    .command('boot')
    .description('boot one or several guests many times and time each phase')
    .argument('<guest...>', 'ids or names of guests or catalog entries; several are booted in random order and compared')
    .option('--runs <number>', 'boots of each guest', wholeNumber(1, 1_000))
    .option('--timeout <seconds>', 'time limit of one boot; the phases seen until then are kept', seconds)
    .option('--warm-ups <number>', 'boots before those that count', wholeNumber(0, 100))
    .option('--accelerator <name>', `${acceleratorName.options.join(', ')} instead of the fastest that works; repeat it to give each guest its own`, collectFrom(acceleratorName.options))
    .addOption(new Option('--instrument <name>', 'how bytes are stamped').choices(instrumentName.options))
    .option('--arguments <words>', 'more words for the kernel command line; repeat it to give each guest its own', collect)
    .option('--control', 'boot the first guest under a second key, to see how much two equal things differ')
    .option('--seed <number>', 'of the random order and the bootstrap', wholeNumber(0, 2 ** 32 - 1))
    .option('--name <text>', 'name of the run')
    .option('--question <text>', 'what the run shall answer; it stands first in the report')
    .option('--no-save', 'forget the run when it has been printed')
    .addHelpText('after', examples('measure boot builtin-i386 --runs 10', 'measure boot builtin-i386 --runs 20 --control --json > run.json', 'measure boot builtin-i386 builtin-i386 --arguments "" --arguments "delay=memory_init:200"'))
    .action((guests: string[], options: MeasureBootOptions, command: Command) => run(command.optsWithGlobals(), (context) => measureBoot(context, guests, options)));
  program
    .command('compare')
    .description('compare two runs that were kept: B over A, phase by phase')
    .argument('<a>', 'id of a run, its beginning, or "last"')
    .argument('<b>', 'id of a run, its beginning, or "last"')
    .addHelpText('after', examples('compare 7f3a last', 'compare 7f3a last --json | jq ".comparisons[] | [.metric, .ratio]"'))
    .action((a: string, b: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => compare(context, a, b)));
  program
    .command('report')
    .description('render the report of a run')
    .argument('<run>', 'id of a run, its beginning, or "last"')
    .addOption(new Option('--format <format>', 'form of the report').choices(['json', 'text', 'pdf']).default('text'))
    .option('-o, --output <file>', 'write to this file; - is stdout')
    .addHelpText('after', examples('report last', 'report last --format pdf -o boot.pdf', 'report 7f3a --format json -o - | jq .summary', 'report last --json | jq .findings'))
    .action((word: string, options: { format: ReportFormat; output?: string }, command: Command) => run(command.optsWithGlobals(), (context) => report(context, word, options)));
  program
    .command('demo')
    .description('the main job from end to end: probe, boot, measure, report')
    .option('--runs <number>', 'boots of the built-in guest', wholeNumber(3, 100), 10)
    .option('-o, --output <folder>', 'folder for report.json and report.pdf', 'petri-demo')
    .addHelpText('after', examples('demo', 'demo --runs 20 -o results', 'demo --json | jq .files'))
    .action((options: DemoOptions, command: Command) => run(command.optsWithGlobals(), (context) => demo(context, options)));
}

const firstSteps = `
First steps:
  $ petri doctor                  what works on this machine
  $ petri launch builtin-i386     start Petri's own guest, which needs no network
  $ petri console builtin-i386    see what it prints, and type into it
  $ petri catalog list            which other systems there are
  $ petri COMMAND --help          options and examples of a command
`;

/** The whole command line; `run` carries out what was asked for. */
export function createProgram(run: Run): Command {
  const program = new Command('petri')
    .description('A lab for operating systems: boot them, watch them, measure them, report it.')
    .version(version)
    .option('--json', 'print results and errors as JSON', false)
    .option('--data <folder>', 'data directory of the lab (default: $PETRI_DATA, or the place of this platform)')
    .showHelpAfterError('(petri --help shows every command)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpCommand(new Command('help').argument('[command]').description('the same as COMMAND --help').helpGroup('This machine and the lab:'))
    .addHelpText('after', firstSteps + exitCodeHelp)
    .exitOverride();
  // In the order in which a newcomer needs them.
  program.commandsGroup('This machine and the lab:');
  addMachineCommands(program, run);
  program.commandsGroup('Systems:');
  addCatalogCommands(program, run);
  addInstallCommands(program, run);
  program.commandsGroup('Guests:');
  addGuestCommands(program, run);
  addGuestCommandsOf(program, run);
  program.commandsGroup('Consoles of a guest:');
  addConsoleCommands(program, run);
  program.commandsGroup('Disks and snapshots:');
  addDiskCommands(program, run);
  addSnapshotCommands(program, run);
  program.commandsGroup('Measurements:');
  addMeasurementCommands(program, run);
  program.commandsGroup('Docker:');
  addContainerCommands(program, run);
  return program;
}
