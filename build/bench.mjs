import { runOnProjectNode } from './setup/projectNode.mjs';
import { setUp } from './setup/setUp.mjs';

await setUp(['qemu', 'browser']);
await runOnProjectNode('build/bench/bench.ts');
