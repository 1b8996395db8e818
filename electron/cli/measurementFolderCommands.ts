import type { Command } from 'commander';
import { exportMeasurements, importMeasurements } from './commands/measurementFolders.ts';
import type { Run } from './program.ts';

const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

/** Below `petri measure`: runs as files, in the layout of the MINIX analysis. */
export function addMeasurementFolderCommands(measure: Command, run: Run): void {
  measure
    .command('export')
    .description('write each boot as a file of measurements/ARCH/ below a folder, as the MINIX analysis keeps them')
    .argument('<folder>', 'made where it is absent')
    .option('--run <id>', 'only this run: its id, the beginning of it, or "last"; may be repeated', collect)
    .addHelpText('after', '\nExamples:\n  $ petri measure export results\n  $ petri measure export results --run last --json | jq -r ".files[]"')
    .action((folder: string, options: { run?: string[] }, command: Command) => run(command.optsWithGlobals(), (context) => exportMeasurements(context, folder, options)));
  measure
    .command('import')
    .description('make runs of such files; each that cannot be used is named with its reason')
    .argument('<folder>', 'the folder with measurements/ARCH/*.json')
    .addHelpText('after', '\nExamples:\n  $ petri measure import minix-analysis\n  $ petri measure import minix-analysis --json | jq ".refused"')
    .action((folder: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => importMeasurements(context, folder)));
}
