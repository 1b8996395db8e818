import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

declare const __PETRI_BUILD__: string | undefined;

/** All that the lab's process is told, by its arguments and its environment. */
export interface ServerSettings {
  readonly dataDirectory: string;
  readonly runDirectory: string;
  readonly socketPath: string;
  /** How long the lab stays after its last client, guest and task; null for ever. */
  readonly idleMs: number | null;
  readonly qemuSearchPath: string | undefined;
  readonly build: string;
  readonly version: string;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  readonly rendererDirectory: string;
}

const IDLE_SECONDS = 60;

/** Reads `--data DIR --run DIR --socket PATH`, PETRI_IDLE_SECONDS (0: never end by itself) and PETRI_QEMU_PATH. */
export function readSettings(args: readonly string[], environment: NodeJS.ProcessEnv): ServerSettings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { data: text, run: text, socket: text } });
  const root = installationRoot();
  const runDirectory = resolve(required('--run', values.run));
  return {
    dataDirectory: resolve(required('--data', values.data)),
    runDirectory,
    socketPath: values.socket ?? join(runDirectory, 'lab.sock'),
    idleMs: idleMs(environment['PETRI_IDLE_SECONDS']),
    qemuSearchPath: environment['PETRI_QEMU_PATH'],
    build: typeof __PETRI_BUILD__ === 'string' ? __PETRI_BUILD__ : 'development',
    version: versionOf(root),
    resourcesDirectory: join(dataRoot(root), 'resources'),
    imagesDirectory: join(dataRoot(root), 'images'),
    rendererDirectory: join(root, 'dist', 'renderer'),
  };
}

function required(name: string, value: string | undefined): string {
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
}

function idleMs(seconds: string | undefined): number | null {
  const given = seconds === undefined || seconds === '' ? IDLE_SECONDS : Number(seconds);
  if (!Number.isFinite(given) || given < 0) throw new Error(`PETRI_IDLE_SECONDS must be a number of seconds, not ${JSON.stringify(seconds)}`);
  return given === 0 ? null : given * 1_000;
}

/** This file is two folders below the root, as a source (electron/server) and in the bundle (dist/server). */
function installationRoot(): string {
  return join(import.meta.dirname, '..', '..');
}

/** In the packaged app resources and images lie beside the archive, where QEMU can open them. */
function dataRoot(root: string): string {
  const packaged = (process as { resourcesPath?: string }).resourcesPath;
  return packaged !== undefined && existsSync(join(packaged, 'images')) ? packaged : root;
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
