import { InvalidArgumentError, type Command } from 'commander';
import { calibrate, type CalibrateOptions } from './commands/calibrate.ts';
import { wholeNumber } from './run/optionValues.ts';
import type { Run } from './program.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;

/** Those that watch guests of QEMU, and where the numbers of disks and of a load's time come from. */
const INSTRUMENTS = ['plugin', 'eventLog', 'gdbstub', 'serialTrace', 'serialSocket', 'qmp', 'console'];

/** Collects an option with a closed list of values that may be given several times. */
function collectFrom(choices: readonly string[]) {
  return (text: string, before: readonly string[] | undefined): string[] => {
    if (!choices.includes(text)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return [...(before ?? []), text];
  };
}

export function addCalibrationCommands(program: Command, run: Run): void {
  program
    .command('calibrate')
    .description('hold every instrument against the built-in guests’ own counts: truth, measured, error, and what it costs')
    .option('--arch <name>', 'only the built-in guest of this architecture; may be repeated', collectFrom(['i386', 'x86_64', 'arm']))
    .option('--instrument <name>', 'only this instrument; may be repeated', collectFrom(INSTRUMENTS))
    .option('--seed <number>', 'of the numbers that the guests are told, and of the random order', wholeNumber(0, 2 ** 31 - 1))
    .option('--boots <number>', 'boots of each setting whose cost is measured, and in logical time', wholeNumber(3, 100))
    .option('--list', 'list the calibrations that are kept, and begin none')
    .option('--show <id>', 'print one that is kept: its id, the beginning of it, or "last"')
    .option('--no-overheads', 'only the counts, not what the instruments cost')
    .addHelpText('after', examples('calibrate', 'calibrate --arch i386 --instrument plugin --no-overheads', 'calibrate --list', 'calibrate --show last', 'calibrate --seed 7 --json | jq ".rows[] | select(.verdict == \\"out\\")"'))
    .action((options: CalibrateOptions, command: Command) => run(command.optsWithGlobals(), (context) => calibrate(context, options)));
}
