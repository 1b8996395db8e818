import { runOnProjectNode } from './setup/projectNode.mjs';
import { setUp } from './setup/setUp.mjs';

await setUp(['qemu']);
await runOnProjectNode('dist/cli/index.js', ['demo', ...process.argv.slice(2)]);
