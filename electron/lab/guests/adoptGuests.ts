import { z } from 'zod';
import type { KeptMachine } from '../../host/qemu/adoptMachine.ts';
import { sweepRunDirectory } from '../../host/qemu/sweepRunDirectory.ts';
import { describeError, type Log } from '../log.ts';
import type { Companions } from './companions.ts';
import type { GuestConsoles } from './consoles.ts';
import { accompany, letGo } from './letGo.ts';
import type { Limits } from './limits.ts';
import type { LedgerEntry, MachineLedger } from './machineLedger.ts';
import { placeOf, type Places } from './places.ts';
import { adoptGuest } from './runningGuest.ts';
import type { Runtimes } from './runtimes.ts';

export interface AdoptionDependencies {
  readonly ledger: MachineLedger;
  readonly runtimes: Runtimes;
  readonly consoles: GuestConsoles;
  readonly companions: Pick<Companions, 'begin'>;
  readonly limits: Pick<Limits, 'remove' | 'sweep'>;
  readonly onAdopted: (id: string, how: 'adopted' | 'lost') => void;
  readonly places: Places;
  /** Tells the disks that an adopted machine still has them. */
  readonly borrowAgain: (guest: string, disks: KeptMachine['disks']) => Promise<void>;
  readonly runDirectory: string;
  readonly log: Log;
}

const statusAnswer = z.object({ status: z.string() });

/** Answers the guest's name, or null when its machine is lost; then its end is in the ledger. */
async function adoptOne({ guest: id, name, machine: kept }: LedgerEntry, { ledger, runtimes, consoles, companions, limits, places, borrowAgain, onAdopted, log }: AdoptionDependencies): Promise<string | null> {
  const found = await adoptGuest({ id, name }, kept, places.of(placeOf(kept)));
  if ('how' in found) {
    ledger.ended(id, found);
    await limits.remove(kept.groups);
    onAdopted(id, 'lost');
    return null;
  }
  runtimes.follow(id, found);
  const { machine } = found;
  try {
    await borrowAgain(id, kept.disks);
    const { status } = statusAnswer.parse(await machine.qmp.execute('query-status'));
    // The earlier lab died while it brought in a snapshot: half a machine is none.
    if (status === 'inmigrate') throw new Error('it was still waiting for its memory');
    // The earlier lab died between the start and the word to go.
    if (status === 'prelaunch') await letGo(id, found, { consoles, companions });
    else await accompany(id, found, { consoles, companions });
    runtimes.set(id, { state: status === 'paused' || status === 'postmigrate' ? 'paused' : 'running', machine: machine.record });
    onAdopted(id, 'adopted');
    return name;
  } catch (error) {
    log({ level: 'error', noun: 'guests', message: `${id} was found but could not be adopted`, details: describeError(error) });
    await found.kill();
    await runtimes.ended(id);
    return null;
  }
}

/** Takes over what an earlier lab left running and removes what it left behind. Answers the adopted guests' names. */
export async function adoptGuests(dependencies: AdoptionDependencies): Promise<string[]> {
  const { ledger, limits, runDirectory } = dependencies;
  const entries = ledger.running();
  await sweepRunDirectory(runDirectory, new Set(entries.map(({ machine }) => machine.directory)));
  await limits.sweep(new Set(entries.flatMap(({ machine }) => machine.groups)));
  const names = await Promise.all(entries.map((entry) => adoptOne(entry, dependencies)));
  return names.filter((name) => name !== null);
}
