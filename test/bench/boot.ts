// From the first serial byte to the prompt: through Petri with measuring on, against the bare QEMU command.
import type { LabClient } from '../../electron/contract/contract.ts';
import type { Sample } from '../../electron/contract/measurements.ts';
import { bareCommand, bootBare } from '../support/bareQemu.ts';
import { inMilliseconds, printRows, ratioOf, sayProgress } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';

const ROUNDS = 21;
const LIMIT = 1.05;

async function measureOnce(client: LabClient, guest: string): Promise<Sample> {
  const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest }], runs: 1, warmUps: 0, save: false });
  for await (const event of await client.measurements.watch({ id })) if (event.type === 'run' && event.run.state !== 'running') break;
  const [sample] = (await client.measurements.get({ id })).samples;
  if (sample?.outcome !== 'complete') throw new Error(`the boot was ${sample?.outcome ?? 'not made'}`);
  return sample;
}

function bootMs({ phases, firstByteNs }: Sample): number {
  const last = phases.findLast((phase) => phase.status === 'seen');
  return ((last?.status === 'seen' ? last.atNs : 0) - (firstByteNs ?? 0)) / 1e6;
}

const lab = await startBundledLab();
try {
  const { client } = lab.connection;
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const bare = bareCommand((await client.guests.command({ id: definition.id })).argv);
  const [ours, reference]: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const petri = bootMs(await measureOnce(client, definition.id));
    const { firstByteMs, promptMs } = await bootBare(bare);
    // The first round warms caches on both sides.
    if (round === 0) continue;
    ours.push(petri);
    reference.push(promptMs - firstByteMs);
    sayProgress(`boot ${round}/${ROUNDS}`);
  }
  const ratio = ratioOf(ours, reference);
  printRows([{ name: 'boot, first byte to prompt, measured', ours: inMilliseconds(ours), reference: inMilliseconds(reference), ratio: ratio.text, target: `≤ ${LIMIT}`, runs: ROUNDS, met: ratio.value <= LIMIT }]);
} finally {
  await lab.close();
}
