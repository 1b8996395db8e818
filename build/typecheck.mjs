import { runOnProjectNode } from './setup/projectNode.mjs';

await runOnProjectNode('build/typecheck/typecheck.ts');
