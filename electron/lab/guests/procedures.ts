import { os } from '../implementer.ts';
import type { GuestsService } from './guests.ts';

export function guestsProcedures(service: GuestsService) {
  const { guests } = os;
  return {
    list: guests.list.handler(() => service.list()),
    get: guests.get.handler(({ input }) => service.get(input.id)),
    draftFromCatalog: guests.draftFromCatalog.handler(({ input }) => service.draftFromCatalog(input.entry, input)),
    createFromCatalog: guests.createFromCatalog.handler(({ input }) => service.createFromCatalog(input.entry, input)),
    create: guests.create.handler(({ input }) => service.create(input)),
    update: guests.update.handler(({ input }) => service.update(input.id, input.change)),
    remove: guests.remove.handler(({ input }) => service.remove(input.id)),
    restore: guests.restore.handler(({ input }) => service.restore(input.id)),
    trash: guests.trash.handler(() => service.trash()),
    command: guests.command.handler(async ({ input }) => ({ argv: await service.command(input.id) })),
    start: guests.start.handler(({ input }) => service.start(input.id)),
    pause: guests.pause.handler(({ input }) => service.pause(input.id)),
    resume: guests.resume.handler(({ input }) => service.resume(input.id)),
    reset: guests.reset.handler(({ input }) => service.reset(input.id)),
    powerDown: guests.powerDown.handler(({ input }) => service.powerDown(input.id, input.afterSeconds)),
    kill: guests.kill.handler(({ input }) => service.kill(input.id)),
    clone: guests.clone.handler(({ input }) => service.clone(input.id, input.name, input.disks)),
    startGroup: guests.startGroup.handler(({ input }) => service.startGroup(input.group)),
    stopGroup: guests.stopGroup.handler(({ input }) => service.stopGroup(input.group)),
    advice: guests.advice.handler(({ input }) => service.advice(input.id)),
    forecast: guests.forecast.handler(({ input }) => service.forecast(input.id)),
    resources: guests.resources.handler(({ input, signal }) => service.resources(input.id, signal)),
    life: guests.life.handler(({ input }) => service.life(input.id)),
    screenshot: guests.screenshot.handler(async ({ input }) => ({ base64: Buffer.from(await service.screenshot(input.id)).toString('base64') })),
    sendKeys: guests.sendKeys.handler(({ input }) => service.sendKeys(input.id, input.chords)),
    changeMedium: guests.changeMedium.handler(({ input }) => service.changeMedium(input.id, input.medium)),
    watch: guests.watch.handler(({ signal }) => service.watch(signal)),
  };
}
