import { InvalidArgumentError, Option, type Command } from 'commander';
import { acceleratorName } from '../contract/accelerators.ts';
import { instrumentName } from '../contract/instruments.ts';
import { evidenceKind, measurementKind, type MeasurementKind } from '../contract/measurements.ts';
import { metricName, type MetricName } from '../contract/metrics.ts';
import { compare, type CompareFormat } from './commands/compare.ts';
import { demo, type DemoOptions } from './commands/demo.ts';
import { measure, resumeMeasurement } from './commands/measure.ts';
import { loads, outlook } from './commands/loads.ts';
import { importReport } from './commands/importReport.ts';
import { report, type ReportOptions } from './commands/report.ts';
import { diff, trace, type TraceOptions } from './commands/trace.ts';
import { addMeasurementFolderCommands } from './measurementFolderCommands.ts';
import type { ProcessOptions } from './commands/measureProcesses.ts';
import { addProcessOptions, addTraceOptions, runOnProcesses, traceProcesses } from './processCommands.ts';
import { addProgramCommands } from './programCommands.ts';
import { addRunCommands } from './runCommands.ts';
import type { Run } from './program.ts';
import type { SeedRun } from './run/findRuns.ts';
import type { SeedWords } from './run/findMeasured.ts';
import { modelOption } from './run/modelOption.ts';
import { seconds, wholeNumber } from './run/optionValues.ts';
import type { MeasureOptions } from './run/planMeasurement.ts';

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

/** `systemCalls,instructions` */
function metricList(text: string, before: readonly MetricName[] | undefined): MetricName[] {
  const names = text.split(',').map((word) => {
    const parsed = metricName.safeParse(word.trim());
    if (!parsed.success) throw new InvalidArgumentError(`There is no metric ${JSON.stringify(word)}. There are ${metricName.options.join(', ')}.`);
    return parsed.data;
  });
  return [...new Set([...(before ?? []), ...names])];
}

/** What every measurement can be told. */
function addMeasureOptions(command: Command): Command {
  return command
    .option('--runs <number>', 'boots of each guest', wholeNumber(1, 1_000))
    .option('--warm-ups <number>', 'boots before those that count', wholeNumber(0, 100))
    .option('--timeout <seconds>', 'time limit of one boot; the phases seen until then are kept', seconds)
    .option('--duration <seconds>', 'how long is looked after the boot; with --load or --type, at most', seconds)
    .option('--load <load>', 'what the guest does meanwhile: NAME, NAME:VALUE or the line of one of `petri measure loads GUEST`')
    .addOption(new Option('--type <line>', 'what the guest does meanwhile: this line at its prompt, whatever it is').conflicts('load'))
    .option('--metrics <names>', 'only these, with commas between them', metricList)
    .addOption(new Option('--instrument <name>', 'how it is seen').choices(instrumentName.options))
    .option('--logical-time', 'let instructions be the clock, so that boots of the same guest are the same')
    .option('--profile <number>', 'a sample of where the guest is, in so many instructions', wholeNumber(100, 1_000_000_000))
    .option('--symbols <file>', 'the kernel’s symbols, where the kernel itself has none')
    .option('--trace-limit <megabytes>', 'at this size the trace of a sample is cut, and counting goes on; 2000 without it', wholeNumber(1, 1_000_000))
    .option('--model <sizes>', 'caches and TLBs of the memory model, as sets×ways(×line): l1d=64x8x64,dtlb=16x4; names are l1d, l1i, llc, dtlb, itlb and stlb', modelOption)
    .option('--accelerator <name>', `${acceleratorName.options.join(', ')} instead of the fastest that works; repeat it to give each guest its own`, collectFrom(acceleratorName.options))
    .option('--arguments <words>', 'more words for the kernel command line; repeat it to give each guest its own', collect)
    .option('--control', 'boot the first guest under a second key, to see how much two equal things differ: as many boots again as one guest; on for two guests and more')
    .option('--no-control', 'without that, so that what chance does here is not known')
    .option('--seed <number>', 'of the random order and the bootstrap', wholeNumber(0, 2 ** 32 - 1))
    .option('--name <text>', 'name of the run')
    .option('--question <text>', 'what the run shall answer; it stands first in the report')
    .option('--no-save', 'forget the run when it has been printed')
    .addOption(new Option('--arch <name>', 'Petri’s own guest of that architecture instead of a named one').choices(['i386', 'arm']))
    .option('--container <name>', 'the guest of that name, or the one that runs in that Docker container');
}

const kinds: Readonly<Record<MeasurementKind, { readonly description: string; readonly lines: readonly string[] }>> = {
  boot: {
    description: 'boot one or several guests many times and time each phase',
    lines: ['measure boot builtin-i386 --runs 10', 'measure boot builtin-i386 --runs 20 --control --json > run.json', 'measure boot builtin-i386 --logical-time --profile 10000', 'measure boot builtin-i386 builtin-i386 --arguments "" --arguments "delay=memory_init:200"'],
  },
  syscalls: {
    description: 'rank and time the system calls of a guest after its boot, or of programs of this host',
    lines: ['measure syscalls builtin-i386 --load "calls 1000"', 'measure syscalls linux-x86-64 --duration 30 --runs 3', 'measure syscalls builtin-arm --load calls:1000 --json | jq ".summary.subjects[0].events.ranking"', 'measure syscalls --pid 4711 --duration 10', 'measure syscalls --container-process web --calls openat,read', 'measure syscalls -- ls -l'],
  },
  memory: {
    description: 'count page faults, and model caches and TLBs, of a guest after its boot',
    lines: ['measure memory builtin-i386 --load faults:500', 'measure memory builtin-i386 --load stride:64,100000 --model l1d=32x4x64', 'measure memory builtin-arm --duration 5 --runs 1 --json'],
  },
  ipc: {
    description: 'count and time the messages between processes of a guest after its boot',
    lines: ['measure ipc builtin-i386 --load ipc:500', 'measure ipc builtin-arm --load ipc:500 --runs 3 --json'],
  },
};

type Options = MeasureOptions & SeedWords;

function addMeasureCommands(program: Command, run: Run): void {
  const parent = addMeasureOptions(program.command('measure'))
    .description('time the boots of guests, and see what happens in them')
    .addOption(new Option('--metric <kind>', 'what is measured, where no command below is named').choices(measurementKind.options))
    .addHelpText('after', examples('measure boot builtin-i386', 'measure --metric syscalls --arch i386 --duration 30', 'measure --metric boot --arch arm --json'))
    .action((options: Options & { metric?: MeasurementKind }, command: Command) => {
      const { metric, ...rest } = options;
      if (metric === undefined) command.error(`error: name a command (${measurementKind.options.join(', ')}, …), or say --metric`);
      return run(command.optsWithGlobals(), (context) => measure(context, metric, [], rest));
    });
  for (const kind of measurementKind.options) {
    const { description, lines } = kinds[kind];
    const sub = addMeasureOptions(parent.command(kind));
    (kind === 'syscalls' ? addProcessOptions(sub) : sub)
      .description(description)
      .argument('[guest...]', 'ids or names of guests or catalog entries; several are booted in random order and compared')
      .addHelpText('after', examples(...lines))
      .action(async (guests: string[], _options: object, command: Command) => {
        if (kind === 'syscalls' && (await runOnProcesses(run, command, guests))) return;
        // The command above knows the same options, and takes them before this one sees them.
        const options = command.optsWithGlobals<Options>();
        if (guests.length === 0 && options.arch === undefined && options.container === undefined) command.error('error: name a guest, or say --arch or --container');
        await run(command.optsWithGlobals(), (context) => measure(context, kind, guests, options));
      });
  }
  parent
    .command('resume')
    .description('go on with a run that was cancelled, failed or cut off: in its order, with the same QEMU and images')
    .argument('<run>', 'id of a run, its beginning, or "last"')
    .addHelpText('after', examples('measure resume last', 'measure resume 7f3a --json'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => resumeMeasurement(context, word)));
  parent
    .command('loads')
    .description('list what a guest can do while it is measured, for --load')
    .argument('<guest>', 'id or name of a guest or a catalog entry')
    .addHelpText('after', examples('measure loads builtin-i386', 'measure loads linux-x86-64 --json | jq ".[].id"'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => loads(context, word)));
  parent
    .command('outlook')
    .description('say of each metric how it would be obtained of a guest here, or why it cannot be')
    .argument('<guest>', 'id or name of a guest or a catalog entry')
    .addHelpText('after', examples('measure outlook builtin-i386', 'measure outlook builtin-arm --json | jq ".[] | select(.certainty == \\"unavailable\\")"'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => outlook(context, word)));
  addRunCommands(parent, run);
  addMeasurementFolderCommands(parent, run);
}

/** As the MINIX analysis seed says which run is meant. */
const metricOption = (): Option => new Option('--metric <kind>', 'the newest run of that kind').choices(measurementKind.options);
const archOption = (): Option => new Option('--arch <name>', 'the newest run of a guest of that architecture').choices(['i386', 'arm']);

/** What is looked at behind the numbers. */
function addTraceCommands(program: Command, run: Run): void {
  addTraceOptions(program.command('trace'))
    .description('watch the system calls of programs of this host; or print the events behind a sample’s numbers, a page of them')
    .argument('[run]', 'id of a run, its beginning, or "last"')
    .argument('[sample]', 'index of the boot, from 0')
    .addOption(new Option('--kind <kind>', 'of a sample: events of the trace, time marks, or what the guest printed').choices(evidenceKind.options).default('trace'))
    .option('--from <number>', 'of a sample: the first line', wholeNumber(0, 1_000_000_000), 0)
    .option('--limit <number>', 'of a sample: how many lines', wholeNumber(1, 2_000), 200)
    .option('--search <text>', 'of a sample: only lines that have it')
    .addHelpText('after', examples('trace -- ls -l', 'trace --runs 5 -- make', 'trace --pid 4711 --duration 10', 'trace --container web --duration 10 --json | jq ".samples[0].metrics.calls"', 'trace last 0', 'trace last 0 --search "int 0x21" --limit 20', 'trace last 0 --kind marks', 'trace 7f3a 2 --from 1000 --json | jq -r ".lines[]"'))
    .action(async (_word: string | undefined, _sample: string | undefined, options: TraceOptions & ProcessOptions, command: Command) => {
      if (await traceProcesses(run, command, command.args, options)) return;
      const [word, sample] = command.args;
      if (word === undefined || sample === undefined || command.args.length > 2) command.error('error: name a run and a sample; or --pid, --container, or a command behind --');
      if (!/^\d{1,7}$/.test(sample)) command.error('error: a sample is a whole number from 0 on');
      await run(command.optsWithGlobals(), (context) => trace(context, word, Number(sample), options));
    })
    .allowExcessArguments();
  program
    .command('diff')
    .description('align two boots and name the first place where they part; exact in logical time')
    .argument('<a>', 'RUN:SAMPLE, such as last:0')
    .argument('<b>', 'RUN:SAMPLE, such as last:1')
    .addHelpText('after', examples('diff last:0 last:1', 'diff 7f3a:0 last:0 --json | jq .says'))
    .action((a: string, b: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => diff(context, a, b)));
}

/** `petri measure …` and what is done with runs. */
export function addMeasurementCommands(program: Command, run: Run): void {
  addMeasureCommands(program, run);
  program
    .command('compare')
    .description('compare runs that were kept with the first of them; instructions decide where both counted them; unlike ones have ratios only, with the reason')
    .argument('[runs...]', 'two ids of runs or more, their beginnings, or "last"')
    .addOption(metricOption())
    .addOption(archOption())
    .addOption(new Option('--format <format>', 'form of the comparison').choices(['text', 'json', 'csv']).default('text'))
    .addHelpText('after', examples('compare 7f3a last', 'compare 7f3a 91bc 02de --format csv > three.csv', 'compare --metric boot --arch i386', 'compare 7f3a last --json | jq ".comparisons[] | [.metric, .ratio, .verdict]"'))
    .action((words: string[], options: SeedRun & { format: CompareFormat }, command: Command) => {
      const isNamed = words.length >= 2 || (words.length === 0 && (options.metric !== undefined || options.arch !== undefined));
      if (!isNamed) command.error('error: name two runs or more, or say --metric and --arch for the two newest');
      return run(command.optsWithGlobals(), (context) => compare(context, words, options));
    });
  const reports = program
    .command('report')
    .description('render the report of a run')
    .argument('[run]', 'id of a run, its beginning, or "last"')
    .addOption(metricOption())
    .addOption(archOption())
    .addOption(new Option('--format <format>', 'form of the report').choices(['json', 'text', 'pdf', 'csv', 'svg']).default('text'))
    .option('--evidence', 'in JSON: with the serial bytes and traces behind the numbers, so that others can check them')
    .option('--compare <run...>', 'these runs beside the first one, as one report')
    .option('--campaign <id>', 'all steps of a campaign instead of a run')
    .option('-o, --output <file>', 'write to this file; - is stdout')
    .addHelpText('after', examples('report last', 'report --arch i386 --format text', 'report last --format pdf -o boot.pdf', 'report last --format json --evidence -o boot.json', 'report 7f3a --compare 91bc 02de --format pdf -o three.pdf', 'report import boot.json', 'report 7f3a --format json -o - | jq .summary', 'report last --json | jq .findings'))
    .action((word: string | undefined, options: ReportOptions & SeedRun, command: Command) => {
      if (word === undefined && options.metric === undefined && options.arch === undefined && options.campaign === undefined) command.error('error: name a run, or say --metric and --arch for the newest');
      return run(command.optsWithGlobals(), (context) => report(context, word, options));
    });
  reports
    .command('import')
    .description('take the report of somebody else, and check each number by what came with it')
    .argument('<file>', 'what `petri report RUN --format json --evidence` wrote')
    .addHelpText('after', examples('report import boot.json', 'report import boot.json --json | jq ".checks[] | select(.state != \\"good\\")"'))
    .action((file: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => importReport(context, file)));
  addTraceCommands(program, run);
  addProgramCommands(program, run);
  program
    .command('demo')
    .description('the main job from end to end: probe, boot, measure, report')
    .option('--runs <number>', 'boots of the built-in guest', wholeNumber(3, 100), 10)
    .option('-o, --output <folder>', 'folder for report.json and report.pdf', 'petri-demo')
    .addHelpText('after', examples('demo', 'demo --runs 20 -o results', 'demo --json | jq .files'))
    .action((options: DemoOptions, command: Command) => run(command.optsWithGlobals(), (context) => demo(context, options)));
}
