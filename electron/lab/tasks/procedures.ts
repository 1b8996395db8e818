import { os } from '../implementer.ts';
import type { TasksService } from './tasks.ts';

export function tasksProcedures(service: TasksService) {
  return {
    list: os.tasks.list.handler(() => service.list()),
    cancel: os.tasks.cancel.handler(({ input }) => service.cancel(input.id)),
    clear: os.tasks.clear.handler(() => service.clear()),
    watch: os.tasks.watch.handler(({ signal }) => service.watch(signal)),
  };
}
