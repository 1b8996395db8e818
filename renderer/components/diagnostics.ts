import type { InjectionKey } from 'vue';
import type { Failure } from '../../electron/contract/errors.ts';

/** Shows the diagnostics to be copied; provided by the shell, absent in tests of single components. */
export const diagnosticsKey: InjectionKey<(failure: Failure | null) => void> = Symbol('show diagnostics');
