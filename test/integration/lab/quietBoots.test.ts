import { accessSync, constants } from 'node:fs';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { openTestLab } from '../../support/testLab.ts';

describe('the boots of a measurement', () => {
  it('begin when the lab’s own boots have ended, so that nothing disturbs their times', async ({ skip }) => {
    if (!isThere('/usr/bin/qemu-system-i386')) return skip('QEMU is not installed');
    const { lab } = await openTestLab();
    const client: LabClient = createRouterClient(lab.router);
    const proving = client.accelerators.test({});
    const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest: definition.id }], runs: 1, warmUps: 0 });
    for await (const event of await client.measurements.watch({ id })) if (event.type === 'run' && event.run.state === 'done') break;
    await proving;
    const { samples } = await client.measurements.get({ id });
    const proofs = (await client.tasks.list()).filter(({ title }) => title.startsWith('Try accelerators'));
    expect(proofs).toHaveLength(3);
    for (const { endedAt } of proofs) expect(Date.parse(endedAt ?? '')).toBeLessThanOrEqual(Date.parse(samples[0]?.startedAt ?? ''));
  });
});

function isThere(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
