import { runOnProjectNode } from './setup/projectNode.mjs';

await runOnProjectNode('build/layers/check.ts');
