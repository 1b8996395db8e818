// Four type checks, so that each layer sees only the world it may use: core neither Node nor the DOM.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../paths.ts';

interface Project {
  readonly config: string;
  readonly checker: 'typescript/bin/tsc' | 'vue-tsc/bin/vue-tsc.js';
  /** Checked only when one of these folders is there: a project without files is an error to the compiler. */
  readonly folders: readonly string[];
}

const projects: readonly Project[] = [
  { config: 'tsconfig.core.json', checker: 'typescript/bin/tsc', folders: ['electron'] },
  { config: 'tsconfig.node.json', checker: 'typescript/bin/tsc', folders: ['electron', 'build'] },
  { config: 'tsconfig.renderer.json', checker: 'vue-tsc/bin/vue-tsc.js', folders: ['renderer', 'preload'] },
  { config: 'tsconfig.json', checker: 'vue-tsc/bin/vue-tsc.js', folders: ['electron', 'test'] },
];

const folders = new Set([...readdirSync(root), ...readdirSync(join(root, 'electron'))]);

function check({ config, checker }: Project): Promise<{ config: string; output: string; passed: boolean }> {
  return new Promise((resolve, reject) => {
    // What was found the last time is kept, so that only what changed since is checked again.
    const kept = join(root, 'node_modules/.cache/types', `${config}.tsbuildinfo`);
    const options = ['--noEmit', '--pretty', 'false', '--incremental', '--tsBuildInfoFile', kept, '-p', join(root, config)];
    const child = spawn(process.execPath, [join(root, 'node_modules', checker), ...options], { cwd: root });
    let output = '';
    const collect = (chunk: Buffer): void => { output += chunk.toString(); };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ config, output, passed: code === 0 }));
  });
}

const wanted = process.argv.slice(2);
const chosen = projects.filter(({ config, folders: needed }) =>
  needed.some((folder) => folders.has(folder)) && (wanted.length === 0 || wanted.includes(config)));

// A compiler uses one core and about 500 MB; so many at once as there are cores.
const queue = [...chosen];
async function checkFromQueue(): Promise<void> {
  for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
    const { config, output, passed } = await check(project);
    process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${config}\n${output}`);
    if (!passed) process.exitCode = 1;
  }
}
await Promise.all(Array.from({ length: Math.min(availableParallelism(), chosen.length) }, checkFromQueue));
