import type { Command } from 'commander';
import { add, fetch, images, list, remove, show } from './commands/catalog.ts';
import type { Run } from './program.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;

/** The systems that can be made guests, and their images. */
export function addCatalogCommands(program: Command, run: Run): void {
  const catalog = program.command('catalog').description('systems that can be made guests, and the library of their images');
  catalog
    .command('list')
    .description('every system, whether its images are here and whether it was seen to boot')
    .addHelpText('after', examples('catalog list', 'catalog list --json | jq -r ".entries[].id"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), list));
  catalog
    .command('show')
    .description('one system: its machines with their reasons, its images, what does not work')
    .argument('<entry>', 'id or name of an entry')
    .addHelpText('after', examples('catalog show hurd-x86-64', 'catalog show minix2 --json | jq .presets'))
    .action((entry: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => show(context, entry)));
  catalog
    .command('fetch')
    .description('bring the images of a system into the library; goes on where an earlier try stopped')
    .argument('<entry>', 'id or name of an entry')
    .option('--image <id>', 'only this image')
    .option('--discard', 'remove what an earlier try left, and fetch nothing')
    .addHelpText('after', examples('catalog fetch minix2', 'catalog fetch linux-x86-64 --json', 'catalog fetch hurd-x86-64 --discard'))
    .action((entry: string, options: { image?: string; discard?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => fetch(context, entry, options)));
  catalog
    .command('add')
    .description('add an entry file (.yaml, .json) to the catalog, or an image to the library')
    .argument('<file>', 'an entry, or an ISO, disk image or kernel; a compressed one is unpacked')
    .option('--name <text>', 'name of the image')
    .addHelpText('after', examples('catalog add my-system.yaml', 'catalog add plan9.iso.bz2 --name "Plan 9"', 'catalog add plan9.iso.bz2 --json | jq -r .digest'))
    .action((file: string, options: { name?: string }, command: Command) => run(command.optsWithGlobals(), (context) => add(context, file, options)));
  catalog
    .command('remove')
    .description('remove an entry of yours, or an image that no guest uses')
    .argument('<what>', 'id of an entry, or the beginning of an image’s digest')
    .addHelpText('after', examples('catalog remove my-system', 'catalog remove 3f2a91c0 --json'))
    .action((what: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => remove(context, what)));
  catalog
    .command('images')
    .description('the library: every image that is here, and what is not whole yet')
    .addHelpText('after', examples('catalog images', 'catalog images --json | jq ".library[].digest"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), images));
}
