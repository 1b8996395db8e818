import { os } from '../implementer.ts';
import type { InstallationsService } from './installations.ts';

export function installationsProcedures(service: InstallationsService) {
  const { installations } = os;
  return {
    list: installations.list.handler(() => service.list()),
    get: installations.get.handler(({ input }) => service.get(input.id)),
    inspect: installations.inspect.handler(({ input }) => service.inspect(input.path)),
    review: installations.review.handler(({ input }) => service.review(input)),
    begin: installations.begin.handler(({ input }) => service.begin(input)),
    takeOver: installations.takeOver.handler(({ input }) => service.takeOver(input.id)),
    handBack: installations.handBack.handler(({ input }) => service.handBack(input.id)),
    resume: installations.resume.handler(({ input }) => service.resume(input.id)),
    finish: installations.finish.handler(({ input }) => service.finish(input.id)),
    cancel: installations.cancel.handler(({ input }) => service.cancel(input.id, input.cleanUp)),
    screen: installations.screen.handler(({ input }) => service.screen(input.id)),
    forget: installations.forget.handler(({ input }) => service.forget(input.id)),
    watch: installations.watch.handler(({ signal }) => service.watch(signal)),
  };
}
