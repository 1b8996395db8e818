import { Option, type Command } from 'commander';
import { campaign, type CampaignOptions } from './commands/campaign.ts';
import type { Run } from './program.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;

/** `petri campaign …` */
export function addCampaignCommands(program: Command, run: Run): void {
  program
    .command('campaign')
    .description('carry out the measurements of a YAML file; it goes on when the terminal is closed, and after a crash with --resume')
    .argument('[file]', 'the campaign file, or - for standard input')
    .option('--check', 'read the file, find its guests and print its order; nothing is booted')
    .option('--detach', 'begin it and leave it to the lab')
    .addOption(new Option('--list', 'list the campaigns').conflicts(['check', 'detach']))
    .option('--show <id>', 'print how far one has come')
    .option('--resume <id>', 'go on with what is left of one')
    .option('--cancel <id>', 'end one; what was measured is kept')
    .addHelpText('after', examples('campaign course.yaml', 'campaign course.yaml --check', 'campaign --list --json | jq ".[].state"', 'campaign --resume campaign-7f3a1b2c'))
    .action((file: string | undefined, options: CampaignOptions, command: Command) => run(command.optsWithGlobals(), (context) => campaign(context, file, options)));
}
