import { Argument, Option, type Command } from 'commander';
import { diskFormat, type DiskFormat } from '../contract/disks.ts';
import * as disk from './commands/disk.ts';
import * as snapshot from './commands/snapshot.ts';
import type { Run } from './program.ts';
import { parseBytes } from './run/bytes.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;
const DISK = 'id or name of a disk';
const GUEST = 'id or name of a guest';
const SNAPSHOT = 'id or name of a snapshot';

/** `petri disk …` */
export function addDiskCommands(program: Command, run: Run): void {
  const disks = program.command('disk').description('make, copy, change and look after disks');
  disks
    .command('list')
    .description('the disks of the lab, or its trash')
    .option('--trash', 'what was removed in the last 7 days')
    .addHelpText('after', examples('disk list', 'disk list --trash', 'disk list --json | jq ".[].id"'))
    .action((options: { trash?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => disk.list(context, options)));
  disks
    .command('create')
    .description('make an empty disk')
    .argument('<name>', 'name of the disk')
    .argument('<size>', 'for example 512M or 8G', parseBytes)
    .addHelpText('after', examples('disk create Data 1G', 'disk create Data 1G --json | jq -r .id'))
    .action((name: string, size: number, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => disk.create(context, name, size)));
  disks
    .command('import')
    .description('make a disk of a file; it is looked at before anything is copied')
    .argument('<file>', 'a qcow2, raw, VMDK, VDI or VHD image')
    .option('--name <name>', 'name of the disk; the name of the file when absent')
    .option('--in-place', 'use the file where it is; such a disk cannot be snapshotted')
    .addHelpText('after', examples('disk import hurd.img --name Hurd', 'disk import big.raw --in-place', 'disk import hurd.img --json | jq -r .id'))
    .action((file: string, options: { name?: string; inPlace?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => disk.importDisk(context, file, options)));
  disks
    .command('export')
    .description('write a whole disk to a new file and say its SHA-256')
    .argument('<disk>', DISK)
    .argument('<file>', 'a file that does not exist')
    .addOption(new Option('--format <format>', 'format of the file').choices(diskFormat.options).default('qcow2'))
    .addHelpText('after', examples('disk export Data data.qcow2', 'disk export Data data.vmdk --format vmdk --json | jq -r .digest'))
    .action((word: string, file: string, options: { format: DiskFormat }, command: Command) => run(command.optsWithGlobals(), (context) => disk.exportDisk(context, word, file, options)));
  addChangingCommands(disks, run);
  addKeepingCommands(disks, run);
}

function addChangingCommands(disks: Command, run: Run): void {
  disks
    .command('resize')
    .description('make a disk larger, or smaller with --shrink')
    .argument('<disk>', DISK)
    .argument('<size>', 'for example 16G', parseBytes)
    .option('--shrink', 'cut off what lies behind the new end')
    .addHelpText('after', examples('disk resize Data 16G', 'disk resize Data 512M --shrink', 'disk resize Data 16G --json | jq .virtualBytes'))
    .action((word: string, size: number, options: { shrink?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => disk.resize(context, word, size, options)));
  disks
    .command('convert')
    .description('copy the content into one new file of another format')
    .argument('<disk>', DISK)
    .addArgument(new Argument('<format>', 'qcow2 keeps layers, raw is fastest and cannot be snapshotted').choices(['qcow2', 'raw']))
    .addHelpText('after', examples('disk convert Data raw', 'disk convert Data qcow2 --json | jq .format'))
    .action((word: string, format: 'qcow2' | 'raw', _options: object, command: Command) => run(command.optsWithGlobals(), (context) => disk.convert(context, word, format)));
  disks
    .command('compact')
    .description('rewrite a disk without what its guest gave back')
    .argument('<disk>', DISK)
    .addHelpText('after', examples('disk compact Data', 'disk compact Data --json | jq .fileBytes'))
    .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => disk.compact(context, word)));
  disks
    .command('clone')
    .description('make a linked clone in a moment, or a full copy')
    .argument('<disk>', DISK)
    .option('--name <name>', 'name of the clone')
    .option('--full', 'copy the content, so that nothing rests on the disk')
    .addHelpText('after', examples('disk clone Data', 'disk clone Data --full --name "Data of today"', 'disk clone Data --json | jq -r .id'))
    .action((word: string, options: { name?: string; full?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => disk.clone(context, word, options)));
}

function addKeepingCommands(disks: Command, run: Run): void {
  const simple = (name: string, description: string, argument: string, act: (context: Parameters<typeof disk.check>[0], word: string) => ReturnType<typeof disk.check>, ...lines: string[]): void => {
    disks
      .command(name)
      .description(description)
      .argument('<disk>', argument)
      .addHelpText('after', examples(...lines))
      .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => act(context, word)));
  };
  simple('check', 'look for damage in the structure of a disk', DISK, disk.check, 'disk check Data', 'disk check Data --json | jq .clean');
  simple('repair', 'repair a damaged disk; the damaged file is kept', DISK, disk.repair, 'disk repair Data', 'disk repair Data --json | jq -r .kept');
  simple('digest', 'the SHA-256 of what a guest would read, from the first to the last sector', DISK, disk.digest, 'disk digest Data', 'disk digest Data --json | jq -r .digest');
  simple('remove', 'move a disk to the trash for 7 days', DISK, disk.remove, 'disk remove Data', 'disk remove Data --json | jq -r .id');
  simple('restore', 'take a disk back from the trash', 'id or name of a removed disk', disk.restore, 'disk restore Data', 'disk restore Data --json | jq -r .id');
}

/** `petri snapshot …` */
export function addSnapshotCommands(program: Command, run: Run): void {
  const snapshots = program.command('snapshot').description('keep moments of a guest and go back to them');
  snapshots
    .command('list')
    .description("the tree of a guest's snapshots, and what hinders another one")
    .argument('<guest>', GUEST)
    .addHelpText('after', examples('snapshot list builtin-i386', 'snapshot list builtin-i386 --json | jq .current'))
    .action((guest: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => snapshot.list(context, guest)));
  snapshots
    .command('take')
    .description('keep this moment: the disks, and of a running guest its memory too')
    .argument('<guest>', GUEST)
    .option('--name <name>', 'name of the snapshot; the time when absent')
    .option('--notes <text>', 'what it is for')
    .addHelpText('after', examples('snapshot take builtin-i386 --name fresh', 'snapshot take builtin-i386 --json | jq -r .id'))
    .action((guest: string, options: { name?: string; notes?: string }, command: Command) => run(command.optsWithGlobals(), (context) => snapshot.take(context, guest, options)));
  const one = (name: string, description: string, argument: string, act: (context: Parameters<typeof snapshot.list>[0], guest: string, word: string) => ReturnType<typeof snapshot.list>, ...lines: string[]): void => {
    snapshots
      .command(name)
      .description(description)
      .argument('<guest>', GUEST)
      .argument('<snapshot>', argument)
      .addHelpText('after', examples(...lines))
      .action((guest: string, word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => act(context, guest, word)));
  };
  one('revert', 'go back to a snapshot; what is now is kept in a safety snapshot first', SNAPSHOT, snapshot.revert, 'snapshot revert builtin-i386 fresh', 'snapshot revert builtin-i386 fresh --json | jq -r .safety');
  one('remove', 'move a snapshot to the trash for 7 days; those after it stay', SNAPSHOT, snapshot.remove, 'snapshot remove builtin-i386 fresh', 'snapshot remove builtin-i386 fresh --json | jq -r .id');
  one('restore', 'take a snapshot back from the trash', 'id or name of a removed snapshot', snapshot.restore, 'snapshot restore builtin-i386 fresh', 'snapshot restore builtin-i386 fresh --json | jq -r .id');
  one('verify', "compare a stopped guest's disks with a snapshot, by digest", SNAPSHOT, snapshot.verify, 'snapshot verify builtin-i386 fresh', 'snapshot verify builtin-i386 fresh --json | jq .equal');
}
