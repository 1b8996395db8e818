import { Option, type Command } from 'commander';
import { restartPolicy } from '../contract/guests.ts';
import * as guest from './commands/guest.ts';
import type { Run } from './program.ts';
import type { GuestEdits } from './run/guestChange.ts';
import { wholeNumber } from './run/optionValues.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;
const GUEST = 'id or name of a guest';

/** Collects an option that may be given several times. */
const collect = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

/** What a guest can be given, for `create` and `edit`. */
function addEquipment(command: Command): Command {
  return command
    .option('--name <name>', 'its name')
    .option('--memory <mib>', 'memory in MiB', wholeNumber(4, 1_048_576))
    .option('--cpus <number>', 'virtual CPUs', wholeNumber(1, 64))
    .option('--disk <disk:bus>', 'attach a disk of the lab (bus: ide, sata, virtio, scsi, sd; :ro behind it is read-only); repeat it for more', collect)
    .option('--remove-disk <disk>', 'detach a disk', collect)
    .addOption(new Option('--boot-from <what>', 'what firmware tries first').choices(['disk', 'medium']))
    .option('--display <card>', 'none, std, cirrus or virtio')
    .option('--network <card>', 'none, or e1000, rtl8139, ne2k_pci, pcnet, virtio, lan9118')
    .addOption(new Option('--outbound <how>', 'what the guest reaches by itself').choices(['open', 'restricted']))
    .option('--forward <name:port>', 'lead a port of 127.0.0.1 to one of the guest, NAME:GUESTPORT[=HOSTPORT][/udp]; repeat it for more', collect)
    .option('--remove-forward <name>', 'take a forward away', collect)
    .option('--engine <context>', 'run QEMU in a container of this Docker context (petri engine list)')
    .option('--no-engine', 'run QEMU on this machine')
    .option('--engine-network <name>', 'a network of that engine for the container (petri network list)')
    .option('--no-engine-network', 'the engine’s own bridge')
    .option('--share <folder>', 'a folder that the guest can mount by 9p under the tag "share"')
    .option('--no-share', 'share nothing')
    .option('--share-writable', 'the guest may write to the folder')
    .option('--tcp <console=port>', 'a console on a TCP port of 127.0.0.1: serial0 to serial3, monitor, vnc; repeat it for more', collect)
    .option('--serial-ports <number>', 'how many serial ports it has', wholeNumber(1, 4))
    .option('--ssh-user <name>', 'the login for SSH')
    .option('--restart <policy>', `${restartPolicy.shape.when.options.join(', ')}; on-failure:3 tries three times in a row`)
    .option('--health <check>', 'none, qmp, serial=PATTERN or port=FORWARD')
    .option('--health-interval <seconds>', 'between two checks; each second until the first good one', wholeNumber(1, 3_600))
    .option('--health-timeout <seconds>', 'for the answer to a check', wholeNumber(1, 600))
    .option('--health-retries <number>', 'failed checks in a row that make it unhealthy', wholeNumber(1, 100))
    .option('--autostart', 'start it with the lab')
    .option('--no-autostart', 'do not start it with the lab')
    .option('--group <name>', 'guests of a group are started and stopped as a set')
    .option('--no-group', 'take it out of its group')
    .option('--cpu-limit <percent>', 'of one core; 0 is none', wholeNumber(0, 6_400))
    .option('--memory-limit <mib>', 'of QEMU as a process; 0 is none', wholeNumber(0, 1_048_576))
    .option('--reserve <mib>', 'memory kept for it while it is stopped; 0 is none', wholeNumber(0, 1_048_576))
    .option('--notes <text>', 'notes on it');
}

/** `petri guest …` */
export function addGuestCommandsOf(program: Command, run: Run): void {
  const guests = program.command('guest').description('make, equip, copy and look at guests');
  const onGuest = (name: string, description: string, act: (context: Parameters<typeof guest.show>[0], word: string) => ReturnType<typeof guest.show>, ...lines: string[]): void => {
    guests
      .command(name)
      .description(description)
      .argument('<guest>', GUEST)
      .addHelpText('after', examples(...lines))
      .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => act(context, word)));
  };
  guests
    .command('list')
    .description('the guests of the lab, or its trash')
    .option('--trash', 'what was removed in the last 7 days')
    .addHelpText('after', examples('guest list', 'guest list --trash', 'guest list --json | jq ".[].definition.id"'))
    .action((options: { trash?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => guest.list(context, options)));
  addEquipment(guests.command('create').description('make a guest from a catalog entry').argument('<entry>', 'id of a catalog entry'))
    .option('--preset <id>', 'one of the entry’s ways to set the machine up')
    .addHelpText('after', examples('guest create builtin-i386 --name One --memory 64', 'guest create builtin-i386 --engine default --network e1000 --engine-network minix-net', 'guest create builtin-i386 --restart unless-stopped --health "serial=petri# " --json'))
    .action((entry: string, options: GuestEdits & { preset?: string }, command: Command) => run(command.optsWithGlobals(), (context) => guest.create(context, entry, options)));
  onGuest('show', 'all that is known of a guest, with what is worth knowing before its start', guest.show, 'guest show one', 'guest show one --json | jq .advice');
  addEquipment(guests.command('edit').description('change a guest; of one that runs only what its machine does not consist of').argument('<guest>', GUEST))
    .addHelpText('after', examples('guest edit one --network e1000 --forward ssh:22 --forward web:80=8080', 'guest edit one --tcp serial0=5555 --tcp monitor=9999', 'guest edit one --cpu-limit 50 --memory-limit 256 --json'))
    .action((word: string, options: GuestEdits, command: Command) => run(command.optsWithGlobals(), (context) => guest.edit(context, word, options)));
  guests
    .command('clone')
    .description('copy a guest with its disks')
    .argument('<guest>', GUEST)
    .argument('<name>', 'name of the copy')
    .option('--full', 'copy the disks whole instead of linking them')
    .addHelpText('after', examples('guest clone one Two', 'guest clone one Two --full --json | jq -r .definition.id'))
    .action((word: string, name: string, options: { full?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => guest.clone(context, word, name, options)));
  onGuest('remove', 'move a stopped guest to the trash; its disks stay', guest.remove, 'guest remove one', 'guest remove one --json');
  onGuest('restore', 'take a guest back from the trash, by its id', guest.restore, 'guest restore one-1a2b', 'guest restore one-1a2b --json');
  onGuest('life', 'what happened to a guest, oldest first', guest.life, 'guest life one', 'guest life one --json | jq ".[-1]"');
  onGuest('forecast', 'what 2, 4 and 8 copies of it would need of this host', guest.forecast, 'guest forecast one', 'guest forecast one --json | jq ".[].verdict"');
  onGuest('pause', 'stop its CPUs', guest.pause, 'guest pause one', 'guest pause one --json');
  onGuest('resume', 'let its CPUs go on', guest.resume, 'guest resume one', 'guest resume one --json');
  onGuest('reset', 'press its reset button', guest.reset, 'guest reset one', 'guest reset one --json');
  guests
    .command('medium')
    .description('put a medium into its CD drive; without a file take it out')
    .argument('<guest>', GUEST)
    .argument('[file]', 'a CD image')
    .addHelpText('after', examples('guest medium one installer.iso', 'guest medium one', 'guest medium one --json | jq .definition.medium'))
    .action((word: string, file: string | undefined, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => guest.medium(context, word, file)));
  addGroupCommands(guests, run);
}

function addGroupCommands(guests: Command, run: Run): void {
  const group = guests.command('group').description('start and stop guests as a set').addHelpText('after', examples('guest group start lesson', 'guest group stop lesson --json'));
  for (const [name, description, act] of [['start', 'start every guest of a group', guest.startGroup], ['stop', 'power every guest of a group down', guest.stopGroup]] as const) {
    group
      .command(name)
      .description(description)
      .argument('<name>', 'name of the group')
      .addHelpText('after', examples(`guest group ${name} lesson`, `guest group ${name} lesson --json`))
      .action((word: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => act(context, word)));
  }
}
