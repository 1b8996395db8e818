import { os } from '../implementer.ts';
import type { SettingsService } from './settings.ts';

export function settingsProcedures(service: SettingsService) {
  return {
    get: os.settings.get.handler(() => service.get()),
    update: os.settings.update.handler(({ input }) => service.update(input)),
    reset: os.settings.reset.handler(() => service.reset()),
    watch: os.settings.watch.handler(({ signal }) => service.watch(signal)),
  };
}
