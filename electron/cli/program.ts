import { Command, Option } from 'commander';
import { architecture } from '../contract/primitives.ts';
import { accelerators, type AcceleratorsOptions } from './commands/accelerators.ts';
import { doctor } from './commands/doctor.ts';
import { launch, type LaunchOptions } from './commands/launch.ts';
import { serve } from './commands/serve.ts';
import { status } from './commands/status.ts';
import { stop, type StopOptions } from './commands/stop.ts';
import { addCalibrationCommands } from './calibrationCommands.ts';
import { addCatalogCommands } from './catalogCommands.ts';
import { addContainerCommands } from './containerCommands.ts';
import { addDiskCommands, addSnapshotCommands } from './diskCommands.ts';
import { addGuestCommandsOf } from './guestCommands.ts';
import { addHistoryCommands } from './historyCommands.ts';
import { addCampaignCommands } from './campaignCommands.ts';
import { addInstallCommands } from './installCommands.ts';
import { addConsoleCommands } from './consoleCommands.ts';
import { addMeasurementCommands } from './measurementCommands.ts';
import { addSettingsCommands } from './settingsCommands.ts';
import { exitCodeHelp } from './exitCodes.ts';
import type { Context, Result } from './run/context.ts';
import { version } from './run/labDoor.ts';
import { seconds, wholeNumber } from './run/optionValues.ts';

export { wholeNumber } from './run/optionValues.ts';

/** What is said before the command's own options. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly data?: string;
}

/** Runs a command's action in a context made of the global options. */
export type Run = (globals: GlobalOptions, action: (context: Context) => Promise<Result>) => Promise<void>;

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;

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
  addHistoryCommands(program, run);
  addSettingsCommands(program, run);
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
  addCampaignCommands(program, run);
  addCalibrationCommands(program, run);
  program.commandsGroup('Docker:');
  addContainerCommands(program, run);
  return program;
}
