// The layer check: prints every import that the house does not allow, and fails if there is one.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { importsOf } from './imports.ts';
import { judgeCoreSettings, judgeFile } from './rules.ts';
import { layerFolders } from './table.ts';

const files = Object.values(layerFolders)
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,vue}`, { cwd: root, exclude: (name) => name.endsWith('node_modules') }))
  .map((file) => file.replaceAll('\\', '/'));

const violations = [
  ...judgeCoreSettings(JSON.parse(readFileSync(join(root, 'tsconfig.core.json'), 'utf8'))),
  ...files.flatMap((file) => judgeFile(file, importsOf(file, readFileSync(join(root, file), 'utf8')))),
];

for (const { file, line, message } of violations) process.stdout.write(`${file}:${line}: ${message}\n`);
process.stdout.write(`layers: ${files.length} files, ${violations.length} forbidden imports\n`);
if (violations.length > 0) process.exitCode = 1;
