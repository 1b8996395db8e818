// What every command does first, on a machine that has nothing but Node 20, npm and git.
import { dependenciesAreCurrent, installDependencies } from './dependencies.mjs';
import { installPackages, needsOf } from './packages.mjs';
import { buildWhenChanged } from './sources.mjs';
import { SetUpFailure } from './steps.mjs';

const OLDEST_NODE = 20;

async function prepare(groups) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) throw new SetUpFailure(`Node ${process.versions.node} is too old: Petri needs Node ${OLDEST_NODE} or newer to set itself up.`);
  const current = dependenciesAreCurrent();
  const wanted = current ? groups : ['native', ...groups];
  await installPackages(wanted.flatMap((group) => needsOf[group]));
  if (!current) await installDependencies();
  await buildWhenChanged();
}

/**
 * Makes the named groups of system packages (`qemu`, `browser`, `pdf`, `ssh`, `archives`, `tracing`, `docker`), the npm packages and the build present; does
 * nothing where they are. Never asks, never uses sudo. On a failure it prints what to do and ends the process.
 */
export async function setUp(groups) {
  try {
    await prepare(groups);
  } catch (error) {
    process.stderr.write(`${error instanceof SetUpFailure ? error.message : error?.stack}\n`);
    process.exit(1);
  }
}
