import { runOnProjectNode } from './setup/projectNode.mjs';
import { setUp } from './setup/setUp.mjs';

await setUp([]);
await runOnProjectNode('dist/cli/index.js');
