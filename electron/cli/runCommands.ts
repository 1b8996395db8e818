import { Option, type Command } from 'commander';
import { measurementKind, run as runSchema, runFilter } from '../contract/measurements.ts';
import { editRun, listRuns, removeRun, restoreRun, type RunEdits, type RunListOptions } from './commands/runs.ts';
import type { Run } from './program.ts';
import { wholeNumber } from './run/optionValues.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;
const RUN = 'id of a run, its beginning, or "last"';
const tagList = (text: string): string[] => text.split(',').map((word) => word.trim()).filter((word) => word !== '');

/** Below `petri measure`: the runs that are kept. */
export function addRunCommands(measure: Command, run: Run): void {
  measure
    .command('list')
    .description('list the runs that are kept')
    .addOption(new Option('--kind <kind>', 'only those').choices(measurementKind.options))
    .addOption(new Option('--state <state>', 'only those').choices(runSchema.shape.state.options))
    .option('--guest <guest>', 'only those of it')
    .option('--tag <tag>', 'only those with it')
    .option('--search <text>', 'only those that have it in id, name, notes, tags or a guest’s name')
    .addOption(new Option('--order <order>', 'which come first').choices(runFilter.shape.order.unwrap().options).default('newest'))
    .option('--from <number>', 'how many to pass over', wholeNumber(0, 1_000_000_000), 0)
    .option('--limit <number>', 'how many to list', wholeNumber(1, 500), 50)
    .addHelpText('after', examples('measure list', 'measure list --kind boot --guest builtin-i386 --order fastest', 'measure list --tag thesis --json | jq -r ".[].id"'))
    .action((options: RunListOptions, command: Command) => run(command.optsWithGlobals(), (context) => listRuns(context, options)));
  measure
    .command('edit')
    .description('give a run another name, notes or tags')
    .argument('<run>', RUN)
    .option('--name <text>', 'its name')
    .option('--notes <text>', 'what is to be remembered of it')
    .option('--tags <tags>', 'with commas between them; "" for none', tagList)
    .addHelpText('after', examples('measure edit last --name "before the change" --tags thesis,disk', 'measure edit 7f3a --notes "" --json | jq .notes'))
    // The command above has a name, too, and takes it first.
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => editRun(context, word, command.optsWithGlobals<RunEdits>())));
  measure
    .command('rm')
    .description('move a run to the trash')
    .argument('<run>', RUN)
    .addHelpText('after', examples('measure rm 7f3a', 'measure rm last --json | jq -r .id'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => removeRun(context, word)));
  measure
    .command('restore')
    .description('take a run back from the trash')
    .argument('<run>', 'its whole id')
    .addHelpText('after', examples('measure restore run-7f3a91bc', 'measure restore run-7f3a91bc --json | jq .name'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => restoreRun(context, word)));
}
