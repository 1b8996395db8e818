import { Option, type Command } from 'commander';
import { install, type InstallOptions } from './commands/install.ts';
import type { Run } from './program.ts';
import { parseBytes } from './run/bytes.ts';
import { wholeNumber } from './run/optionValues.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;

/** `petri install …` */
export function addInstallCommands(program: Command, run: Run): void {
  program
    .command('install')
    .description('install a system of the catalog, or boot an ISO, disk image or kernel of yours; it goes on when the terminal is closed')
    .argument('[entry]', 'id or name of a catalog entry')
    .option('--unattended', 'by the script of the entry, which is the default where there is one')
    .addOption(new Option('--by-hand', 'boot the medium and leave the rest to you').conflicts('unattended'))
    .addOption(new Option('--guest-only', 'make the guest with its disk, and start nothing').conflicts(['unattended', 'byHand']))
    .option('--name <name>', 'name of the guest')
    .option('--preset <id>', 'machine of the entry; the first when absent')
    .option('--memory <mib>', 'memory of the guest in MiB', wholeNumber(4, 1_048_576))
    .option('--disk <size>', 'size of the new disk, for example 8G', parseBytes)
    .option('--medium <file>', 'an ISO of yours instead of the entry’s')
    .addOption(new Option('--image <file>', 'a disk image of yours').conflicts('medium'))
    .addOption(new Option('--kernel <file>', 'a kernel of yours, which is started without a boot loader').conflicts(['medium', 'image']))
    .option('--initrd <file>', 'with --kernel: its first module, or a RAM disk')
    .option('--append <words>', 'what the kernel is told, instead of the entry’s own words')
    .option('--in-place', 'with --image: use the file where it is, without a copy')
    .option('--dry-run', 'print the steps, the commands and what stands in the way, and do nothing')
    .option('--list', 'list the installations that are kept, with their ids')
    .option('--resume <id>', 'go on with one that was interrupted or failed')
    .option('--cancel <id>', 'end one; what it made goes to the trash')
    .option('--keep', 'with --cancel: leave what it made')
    .option('--take-over <id>', 'stop its script and leave the guest to you')
    .option('--hand-back <id>', 'let its script go on')
    .option('--finish <id>', 'say that an installation by hand is finished: its medium is taken out and it boots from the disk')
    .addHelpText('after', examples('install builtin-installer', 'install linux-debian --disk 1G --name Box', 'install minix3-i386 --by-hand --dry-run', 'install own-iso --medium system.iso --disk 8G', 'install own-disk --image system.qcow2', 'install own-kernel --kernel vmlinuz --initrd initrd.gz --append "console=ttyS0"', 'install --list --json | jq ".[].state"', 'install --resume install-7f3a'))
    .action((entry: string | undefined, options: InstallOptions, command: Command) => run(command.optsWithGlobals(), (context) => install(context, entry, options)));
}
