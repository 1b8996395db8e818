import { runOnProjectNode } from './setup/projectNode.mjs';
import { setUp } from './setup/setUp.mjs';

await setUp(['qemu']);
await runOnProjectNode('build/start/start.ts');
