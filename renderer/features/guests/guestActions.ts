import { Activity, Camera, Copy, Pause, Play, Power, RotateCcw, Trash2, Zap } from '@lucide/vue';
import { computed, shallowRef, type Component, type ComputedRef, type ShallowRef } from 'vue';
import { useRouter } from 'vue-router';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Failure } from '../../../electron/contract/errors.ts';
import type { Guest } from '../../../electron/contract/guests.ts';
import type { Command } from '../../app/commands.ts';
import { showToast } from '../../app/toasts.ts';
import { useLab } from '../../stores/lab.ts';
import { asFailure } from '../../transport/failures.ts';

/** A command with a place in the guest's toolbar, or with `more` in the menu at its end. */
export interface GuestAction extends Command {
  readonly label: string;
  readonly icon: Component;
  readonly main?: boolean;
  readonly more?: boolean;
  readonly danger?: boolean;
  /** Why it cannot be used now. */
  readonly why?: string;
}

export interface GuestActions {
  readonly actions: ComputedRef<readonly GuestAction[]>;
  /** What the last action failed with, until the next one. */
  readonly failure: ShallowRef<Failure | null>;
}

/** Moves a guest to the trash and offers to bring it back. */
export async function deleteGuest(client: LabClient, { id, name }: { id: string; name: string }): Promise<void> {
  await client.guests.remove({ id });
  showToast({ tone: 'neutral', text: `${name} is in the trash.`, action: { label: 'Undo', run: () => client.guests.restore({ id }) } });
}

/** What can be done with a guest in its present state. `clone` asks how. */
export function useGuestActions(guest: ComputedRef<Guest | undefined>, clone: () => void): GuestActions {
  const lab = useLab();
  const router = useRouter();
  const failure = shallowRef<Failure | null>(null);
  const id = computed(() => guest.value?.definition.id ?? '');
  const state = computed(() => guest.value?.runtime.state ?? 'starting');

  /** Keeps the failure beside the toolbar, where the action was asked for. */
  function asked(perform: () => Promise<unknown>): () => Promise<void> {
    return async () => {
      failure.value = null;
      try {
        await perform();
      } catch (thrown) {
        failure.value = asFailure(thrown);
      }
    };
  }

  async function measure(): Promise<void> {
    const run = await lab.client().measurements.start({ kind: 'boot', subjects: [{ guest: id.value }] });
    await router.push(`/measurements/${run.id}`);
  }

  async function remove(): Promise<void> {
    if (guest.value === undefined) return;
    await deleteGuest(lab.client(), guest.value.definition);
    await router.push('/guests');
  }

  const actions = computed((): GuestAction[] => {
    const isStopped = state.value === 'stopped';
    const hasMachine = state.value === 'running' || state.value === 'paused';
    const group = 'Guest';
    return [
      { id: 'guest.start', label: 'Start', title: 'Start the guest', group, icon: Play, shortcut: 'Alt+S', main: isStopped, disabled: !isStopped, run: asked(() => lab.client().guests.start({ id: id.value })) },
      state.value === 'paused'
        ? { id: 'guest.resume', label: 'Resume', title: 'Resume the guest', group, icon: Play, shortcut: 'Alt+P', run: asked(() => lab.client().guests.resume({ id: id.value })) }
        : { id: 'guest.pause', label: 'Pause', title: 'Pause the guest', group, icon: Pause, shortcut: 'Alt+P', disabled: state.value !== 'running', run: asked(() => lab.client().guests.pause({ id: id.value })) },
      { id: 'guest.reset', label: 'Reset', title: 'Reset the guest', group, icon: RotateCcw, shortcut: 'Alt+R', disabled: !hasMachine, run: asked(() => lab.client().guests.reset({ id: id.value })) },
      { id: 'guest.powerDown', label: 'Power down', title: 'Power the guest down', group, icon: Power, shortcut: 'Alt+D', disabled: !hasMachine, run: asked(() => lab.client().guests.powerDown({ id: id.value })) },
      { id: 'guest.kill', label: 'Kill', title: 'Kill the guest', group, icon: Zap, shortcut: 'Alt+K', disabled: isStopped || state.value === 'starting', run: asked(() => lab.client().guests.kill({ id: id.value })) },
      { id: 'guest.snapshot', label: 'Snapshot', title: 'Take a snapshot of the guest', group, icon: Camera, shortcut: 'Alt+Shift+S', run: () => router.replace({ query: { tab: 'snapshots', take: '1' } }) },
      { id: 'guest.measure', label: 'Measure boot', title: 'Measure the boot of the guest', group, icon: Activity, shortcut: 'Alt+M', more: true, run: asked(measure) },
      { id: 'guest.clone', label: 'Clone…', title: 'Clone the guest', group, icon: Copy, shortcut: 'Alt+Shift+C', more: true, disabled: !isStopped, why: 'Stop it first: its disks are in use.', run: clone },
      { id: 'guest.delete', label: 'Delete', title: 'Move the guest to the trash', group, icon: Trash2, shortcut: 'Alt+Delete', more: true, danger: true, disabled: !isStopped, why: 'Stop it first.', run: asked(remove) },
    ];
  });
  return { actions, failure };
}
