// Sets everything up and does nothing else: for a machine that will be offline later.
import { setUp } from './setup/setUp.mjs';
import { say } from './setup/steps.mjs';

await setUp(['qemu', 'browser', 'pdf', 'ssh', 'archives', 'tracing']);
say('set up');
