import { computed, onScopeDispose, shallowReactive, toValue, watchEffect, type MaybeRefOrGetter } from 'vue';
import { matchesShortcut } from '../components/shortcuts.ts';
import { asFailure } from '../transport/failures.ts';
import { showFailure } from './toasts.ts';

/** Something a person can ask for by name, from the palette or by its shortcut. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** The noun it belongs to, as the palette groups it. */
  readonly group: string;
  /** For example `Mod+Shift+N`; Mod is Command on Apple's platforms and Control elsewhere. */
  readonly shortcut?: string;
  /** A command that cannot be used now is listed and cannot be chosen. */
  readonly disabled?: boolean;
  readonly run: () => unknown;
}

const registered = shallowReactive(new Map<symbol, readonly Command[]>());

/** Every command there is on this screen. */
export const commands = computed(() => [...registered.values()].flat());

/** Offers commands as long as the component (or the app) lives. */
export function useCommands(offered: MaybeRefOrGetter<readonly Command[]>): void {
  const owner = Symbol('commands');
  watchEffect(() => {
    registered.set(owner, toValue(offered));
  });
  onScopeDispose(() => registered.delete(owner));
}

/** Runs a command; what fails is shown, since the palette that asked is gone by then. */
export async function runCommand(command: Command): Promise<void> {
  if (command.disabled === true) return;
  try {
    await command.run();
  } catch (thrown) {
    showFailure(asFailure(thrown));
  }
}

/** Keys pressed in a console belong to the guest, except those that leave it or change the screen. */
function belongsToGuest(event: KeyboardEvent): boolean {
  const inConsole = event.target instanceof Element && event.target.closest('[data-console-input]') !== null;
  return inConsole && !event.metaKey && !(event.ctrlKey && /^\d$/.test(event.key));
}

/** The keyboard's way to every command. */
export function dispatchShortcut(event: KeyboardEvent): void {
  if (event.defaultPrevented || belongsToGuest(event)) return;
  const command = commands.value.find(({ shortcut, disabled }) => disabled !== true && shortcut !== undefined && matchesShortcut(event, shortcut));
  if (command === undefined) return;
  event.preventDefault();
  void runCommand(command);
}
