import { runOnProjectNode } from './setup/projectNode.mjs';
import { setUp } from './setup/setUp.mjs';

await setUp(['qemu', 'browser', 'pdf', 'ssh']);
await runOnProjectNode('build/test/test.ts');
