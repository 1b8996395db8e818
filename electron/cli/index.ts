#!/usr/bin/env node
// The entry alone runs on an older Node too, which hands over to the project's; what it loads then needs Node 24.
import { handOver, isOldNode } from './olderNode.ts';

if (isOldNode(process.versions.node)) process.exitCode = await handOver(process.argv.slice(1));
else await import('./petri.ts');
