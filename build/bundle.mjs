import { runOnProjectNode } from './setup/projectNode.mjs';

await runOnProjectNode('build/bundle/bundle.ts');
