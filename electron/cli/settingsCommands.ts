import type { Command } from 'commander';
import { getSettings, resetSettings, setSetting } from './commands/settings.ts';
import type { Run } from './program.ts';

const examples = (...lines: string[]): string => ['', 'Examples:', ...lines.map((line) => `  $ petri settings ${line}`)].join('\n');

/** The lab's settings, which every window shares. */
export function addSettingsCommands(program: Command, run: Run): void {
  const settings = program.command('settings').description('show and change the settings of the lab; every window follows');
  settings
    .command('get', { isDefault: true })
    .description('show all settings, or one as it can be given to set')
    .argument('[name]', 'one setting')
    .addHelpText('after', examples('get', 'get memoryModel', 'get --json | jq .bootTimeLimitSeconds'))
    .action((name: string | undefined, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => getSettings(context, name)));
  settings
    .command('set')
    .description('change one; of the memory model what is not named stays')
    .argument('<name>', 'the setting')
    .argument('<value>', 'a number, a word, on or off, or for memoryModel l1d=64x8x64,dtlb=16x4')
    .addHelpText('after', examples('set bootTimeLimitSeconds 300', 'set theme dark --json', 'set memoryModel l1d=32x4x64,llc=4096x16x64', 'set qemuPrograms i386=/opt/qemu/bin/qemu-system-i386'))
    .action((name: string, value: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => setSetting(context, name, value)));
  settings
    .command('reset')
    .description('give one setting, or all, its default')
    .argument('[name]', 'one setting')
    .addHelpText('after', examples('reset memoryModel', 'reset --json'))
    .action((name: string | undefined, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => resetSettings(context, name)));
  settings.addHelpText('after', examples('get --json', 'set theme dark', 'reset'));
}
