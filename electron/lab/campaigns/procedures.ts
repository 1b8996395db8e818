import { os } from '../implementer.ts';
import type { CampaignsService } from './campaigns.ts';

export function campaignsProcedures(service: CampaignsService) {
  return {
    check: os.campaigns.check.handler(({ input }) => service.check(input.text)),
    start: os.campaigns.start.handler(({ input }) => service.start(input.text)),
    resume: os.campaigns.resume.handler(({ input }) => service.resume(input.id)),
    cancel: os.campaigns.cancel.handler(({ input }) => service.cancel(input.id)),
    list: os.campaigns.list.handler(() => service.list()),
    get: os.campaigns.get.handler(({ input }) => service.get(input.id)),
    remove: os.campaigns.remove.handler(({ input }) => service.remove(input.id)),
    restore: os.campaigns.restore.handler(({ input }) => service.restore(input.id)),
    trash: os.campaigns.trash.handler(() => service.trash()),
    watch: os.campaigns.watch.handler(({ signal }) => service.watch(signal)),
  };
}
