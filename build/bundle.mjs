import { runOnProjectNode } from './setup/projectNode.mjs';
import { buildOf, digestOfSources } from './setup/sources.mjs';

await runOnProjectNode('build/bundle/bundle.ts', process.argv.slice(2), { PETRI_BUILD: buildOf(digestOfSources()) });
