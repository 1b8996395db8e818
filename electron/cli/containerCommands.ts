import { Argument, type Command } from 'commander';
import { engineImage } from '../contract/containers.ts';
import * as containers from './commands/containers.ts';
import type { Run } from './program.ts';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ petri ${line}`).join('\n')}`;
const recipe = (): Argument => new Argument('<recipe>', 'folder of the recipe').choices(engineImage.shape.recipe.options);

/** `petri engine …`, `images …`, `network …`, `compose …` */
export function addContainerCommands(program: Command, run: Run): void {
  addEngineCommands(program, run);
  addImageCommands(program, run);
  addNetworkCommands(program, run);
  addComposeCommands(program, run);
}

function addEngineCommands(program: Command, run: Run): void {
  const engine = program.command('engine').description('Docker Engines in which guests can run');
  engine
    .command('list')
    .description('the engines of this user’s Docker contexts, each with its state and what helps')
    .addHelpText('after', examples('engine list', 'engine list --json | jq ".[].state"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), containers.listEngines));
  engine
    .command('choose')
    .description('use this engine for images, networks and imported guests')
    .argument('<context>', 'name of a Docker context')
    .addHelpText('after', examples('engine choose default', 'engine choose work --json'))
    .action((name: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => containers.chooseEngine(context, name)));
  engine
    .command('test')
    .description('ask an engine; without a name the chosen one')
    .argument('[context]', 'name of a Docker context')
    .addHelpText('after', examples('engine test', 'engine test work --json | jq -r .version'))
    .action((name: string | undefined, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => containers.testEngine(context, name)));
}

function addImageCommands(program: Command, run: Run): void {
  const images = program.command('images').description('images with QEMU in them, for guests in containers');
  images
    .command('list')
    .description('Petri’s images on the chosen engine')
    .addHelpText('after', examples('images list', 'images list --json | jq ".[] | select(.outdated)"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), containers.listImages));
  images
    .command('build')
    .description('build an image, and show what the build says; Ctrl-C cancels it')
    .addArgument(recipe())
    .option('--base <image>', 'Debian or Ubuntu that the engine has or can pull; with QEMU in it no network is needed')
    .addHelpText('after', examples('images build qemu-i386', 'images build qemu-x86_64 --base ubuntu:24.04', 'images build qemu-arm --json | jq .image.qemuVersion'))
    .action((name: containers.Recipe, options: { base?: string }, command: Command) => run(command.optsWithGlobals(), (context) => containers.buildImage(context, name, options)));
  images
    .command('remove')
    .description('remove an image from the chosen engine')
    .addArgument(recipe())
    .addHelpText('after', examples('images remove qemu-arm', 'images remove qemu-arm --json'))
    .action((name: containers.Recipe, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => containers.removeImage(context, name)));
}

function addNetworkCommands(program: Command, run: Run): void {
  const network = program.command('network').description('networks of the chosen engine');
  network
    .command('list')
    .description('every network, its addresses and the containers in it')
    .addHelpText('after', examples('network list', 'network list --json | jq ".[].subnet"'))
    .action((_options: object, command: Command) => run(command.optsWithGlobals(), containers.listNetworks));
  network
    .command('create')
    .description('make a network')
    .argument('<name>', 'its name')
    .option('--subnet <addresses>', 'its addresses', '172.28.0.0/16')
    .addHelpText('after', examples('network create minix-net', 'network create lab --subnet 10.9.0.0/24 --json'))
    .action((name: string, options: { subnet: string }, command: Command) => run(command.optsWithGlobals(), (context) => containers.createNetwork(context, name, options)));
  network
    .command('remove')
    .description('remove a network that Petri made')
    .argument('<name>', 'its name')
    .addHelpText('after', examples('network remove minix-net', 'network remove minix-net --json'))
    .action((name: string, _options: object, command: Command) => run(command.optsWithGlobals(), (context) => containers.removeNetwork(context, name)));
}

function addComposeCommands(program: Command, run: Run): void {
  const compose = program.command('compose').description('groups of guests as compose files, and back');
  compose
    .command('export')
    .description('write the guests of a group as a compose file')
    .argument('<group>', 'name of the group')
    .option('-o, --output <file>', 'write to this file; - is stdout', '-')
    .addHelpText('after', examples('compose export "My lab" -o docker-compose.yml', 'compose export "My lab" --json | jq -r .yaml'))
    .action((group: string, options: { output: string }, command: Command) => run(command.optsWithGlobals(), (context) => containers.exportCompose(context, group, options)));
  compose
    .command('import')
    .description('make guests of the services of a compose file, and say what is not taken over')
    .argument('<file>', 'a compose file')
    .option('--dry-run', 'only say what it would become')
    .addHelpText('after', examples('compose import docker-compose.yml --dry-run', 'compose import docker-compose.yml --json | jq .guests'))
    .action((file: string, options: { dryRun?: boolean }, command: Command) => run(command.optsWithGlobals(), (context) => containers.importCompose(context, file, options)));
}
