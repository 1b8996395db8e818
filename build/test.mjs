import { runOnProjectNode } from './setup/projectNode.mjs';
import { setUp } from './setup/setUp.mjs';

// Only root can start a private Docker Engine; for others these tests are skipped with their reason.
const docker = process.getuid?.() === 0 ? ['docker'] : [];
await setUp(['qemu', 'browser', 'pdf', 'ssh', 'archives', 'tracing', ...docker]);
await runOnProjectNode('build/test/test.ts');
