import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';

let place: LabPlace;
beforeEach(() => (place = makeLabPlace()));
afterEach(() => place.close());

test('every architecture with a built-in guest gets all five verdicts, each with evidence, and TCG works', async () => {
  const { client } = await place.open();
  const choices = await client.accelerators.list();
  expect(choices.map(({ architecture }) => architecture)).toEqual(['i386', 'x86_64', 'arm']);
  for (const { reports, chosen } of choices) {
    expect(reports.map(({ accelerator }) => accelerator)).toEqual(['kvm', 'hvf', 'whpx', 'nvmm', 'tcg']);
    expect(reports.filter(({ evidence }) => evidence.length === 0)).toEqual([]);
    const tcg = reports.at(-1);
    expect(tcg).toMatchObject({ verdict: 'good', qemu: { version: expect.stringMatching(/^\d+\./) as unknown } });
    expect(tcg?.bootNs).toBeGreaterThan(0);
    expect(chosen).not.toBeNull();
    // One that is chosen works, and one that does not work never is.
    expect(['good', 'slow']).toContain(reports.find(({ accelerator }) => accelerator === chosen)?.verdict);
  }
  expect(choices[2]?.reports.at(-1)?.cpuModel).toBe('cortex-a15');
  expect(choices[0]?.reports.at(-1)?.cpuModel).toBe('max');
  place.leaks.check();
});

test('the next lab takes the verdicts from its records, and tests again only on demand', async () => {
  const first = await place.open();
  const choices = await first.client.accelerators.list();
  await first.lab.dispose();

  const { client } = await place.open();
  expect(await client.accelerators.list()).toEqual(choices);
  expect(await client.tasks.list()).toEqual([]);
  const [again] = await client.accelerators.test({ architecture: 'i386' });
  expect(again?.reports.at(-1)?.testedAt).not.toBe(choices[0]?.reports.at(-1)?.testedAt);
  expect(await client.tasks.list()).toMatchObject([{ title: 'Try accelerators for i386 guests', state: 'done' }]);
});

test('an accelerator that does not work here is refused with its evidence', async () => {
  const { client } = await place.open();
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const [choice] = await client.accelerators.list();
  const broken = choice?.reports.find(({ verdict }) => verdict === 'absent' || verdict === 'broken' || verdict === 'denied');
  if (broken === undefined) throw new Error('no accelerator is missing: hvf and kvm on one machine?');
  await client.guests.update({ id: definition.id, change: { accelerator: broken.accelerator } });
  await expect(client.guests.start({ id: definition.id })).rejects.toMatchObject({
    code: 'ACCELERATOR_UNUSABLE',
    data: { accelerator: broken.accelerator, verdict: broken.verdict, evidence: broken.evidence },
  });
});
