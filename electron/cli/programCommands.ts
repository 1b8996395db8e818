import { Option, type Command } from 'commander';
import { traceFormat } from '../contract/programs.ts';
import { compareTraces, exportTrace, listTraces, removeTrace, restoreTrace, showTrace, traceLines, type ExportOptions, type LinesOptions } from './commands/programs.ts';
import type { Run } from './program.ts';
import { wholeNumber } from './run/optionValues.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;
const TRACE = 'id or name of a trace, the beginning of its id, or "last"';

/** `petri programs …`: what is done with traces that `petri trace` has kept. */
export function addProgramCommands(program: Command, run: Run): void {
  const parent = program.command('programs').description('traces of programs of this host that were kept; begin one with petri trace');
  parent
    .command('list')
    .description('list them, the newest first')
    .addHelpText('after', examples('programs list', 'programs list --json | jq ".[].id"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), listTraces));
  parent
    .command('show')
    .description('print what one has seen')
    .argument('<trace>', TRACE)
    .addHelpText('after', examples('programs show last', 'programs show 7f3a --json | jq ".trace.overhead"'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => showTrace(context, word)));
  parent
    .command('lines')
    .description('print the instrument’s own lines behind the numbers, a page of them')
    .argument('<trace>', TRACE)
    .option('--run <number>', 'which run of it, from 0', wholeNumber(0, 100), 0)
    .option('--from <number>', 'the first line', wholeNumber(0, 1_000_000_000), 0)
    .option('--limit <number>', 'how many lines', wholeNumber(1, 2_000), 200)
    .option('--search <text>', 'only lines that have it')
    .addHelpText('after', examples('programs lines last --search openat', 'programs lines 7f3a --run 2 --from 1000 --json | jq -r ".lines[]"'))
    .action((word: string, options: LinesOptions, command: Command) => run(command.optsWithGlobals(), (context) => traceLines(context, word, options)));
  parent
    .command('compare')
    .description('compare two traces call by call: B over A')
    .argument('<a>', TRACE)
    .argument('<b>', TRACE)
    .addHelpText('after', examples('programs compare 7f3a last', 'programs compare 7f3a last --json | jq .total'))
    .action((a: string, b: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => compareTraces(context, a, b)));
  parent
    .command('export')
    .description('write one to a file')
    .argument('<trace>', TRACE)
    .addOption(new Option('--format <format>', 'form of the file').choices(traceFormat.options).default('json'))
    .option('-o, --output <file>', 'write to this file; - is stdout')
    .addHelpText('after', examples('programs export last --format csv -o calls.csv', 'programs export last --format json -o - | jq .trace', 'programs export last --json | jq .digest'))
    .action((word: string, options: ExportOptions, command: Command) => run(command.optsWithGlobals(), (context) => exportTrace(context, word, options)));
  parent
    .command('rm')
    .description('move one to the trash')
    .argument('<trace>', TRACE)
    .addHelpText('after', examples('programs rm 7f3a', 'programs rm last --json | jq -r .id'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => removeTrace(context, word)));
  parent
    .command('restore')
    .description('take one back from the trash')
    .argument('<trace>', 'its whole id')
    .addHelpText('after', examples('programs restore trace-7f3a91bc', 'programs restore trace-7f3a91bc --json | jq .name'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => restoreTrace(context, word)));
}
