import type { ImageReference } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { refuseUnlessPossible } from '../../core/guests/guestStates.ts';
import { changeMedium } from '../../host/qemu/changeMedium.ts';
import type { ImagePlaces } from '../../host/qemu/imagePaths.ts';
import { pressKeys } from '../../host/qemu/pressKeys.ts';
import { takeScreenshot } from '../../host/qemu/screenshot.ts';
import type { Definitions } from './definitions.ts';
import { inspectMedium } from './resolveGuest.ts';
import type { RunningGuest } from './runningGuest.ts';
import type { Runtimes } from './runtimes.ts';

export interface EquipmentDependencies {
  readonly definitions: Pick<Definitions, 'get' | 'update'>;
  readonly runtimes: Pick<Runtimes, 'get' | 'running'>;
  readonly places: ImagePlaces;
}

/** What can be done with a guest's screen, keyboard and CD drive. */
export interface Equipment {
  screenshot(id: string): Promise<Uint8Array>;
  sendKeys(id: string, chords: readonly (readonly string[])[]): Promise<void>;
  changeMedium(id: string, medium: ImageReference | null): Promise<GuestDefinition>;
}

export function createEquipment({ definitions, runtimes, places }: EquipmentDependencies): Equipment {
  /** One typist at a time: what two send is typed one after the other. */
  const typing = new Map<string, Promise<void>>();

  const need = (definition: GuestDefinition): RunningGuest => {
    refuseUnlessPossible('use', definition.name, runtimes.get(definition.id).state);
    const guest = runtimes.running(definition.id);
    if (guest === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'running guest', id: definition.id });
    return guest;
  };
  const needScreen = (definition: GuestDefinition): RunningGuest => {
    const guest = need(definition);
    if (guest.machine.vncSocket !== null) return guest;
    throw new DeclaredError('SESSION_UNAVAILABLE', { guest: definition.name, kind: 'screen', reason: 'It was started without a display.', fix: 'Give it a display in its settings, and start it again.' });
  };

  return {
    screenshot: async (id) => {
      const { machine, kept } = needScreen(definitions.get(id));
      return takeScreenshot(machine.qmp, kept.directory);
    },
    sendKeys: async (id, chords) => {
      const { machine } = needScreen(definitions.get(id));
      const typed = (typing.get(id) ?? Promise.resolve()).then(() => pressKeys(machine.qmp, chords));
      const settled = typed.catch(() => undefined);
      typing.set(id, settled);
      await typed.finally(() => typing.get(id) === settled && typing.delete(id));
    },
    async changeMedium(id, medium) {
      const definition = definitions.get(id);
      const inDrive = await inspectMedium({ ...definition, medium }, places);
      const guest = runtimes.get(id).state === 'stopped' ? null : need(definition);
      if (guest !== null) {
        const { medium: before } = { medium: await inspectMedium(definition, places) };
        if (before === null) throw new DeclaredError('MACHINE_UNSUPPORTED', { system: definition.name, part: 'medium', value: 'CD drive', why: 'it was started without a drive' });
        await changeMedium(guest.machine.qmp, inDrive?.path ?? null);
      }
      return definitions.update(id, { medium });
    },
  };
}
