import type { Connection } from '../../client/connectLab.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderGuests, renderTasks } from '../render/guests.ts';
import { localTime } from '../render/times.ts';
import type { Context, Result } from '../run/context.ts';
import { failureOf } from '../run/failures.ts';

/** What the running lab does; starts none. */
export async function status({ lab }: Context): Promise<Result> {
  try {
    const connection = await lab.connect(false);
    try {
      return await describe(connection);
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (failureOf(error).code !== 'LAB_UNREACHABLE') throw error;
    return { json: { lab: null, guests: [], tasks: [] }, text: 'No lab runs. Any command that needs one starts it.', exitCode: exitCodes.ok };
  }
}

async function describe({ client, hello }: Connection): Promise<Result> {
  const [guests, tasks] = await Promise.all([client.guests.list(), client.tasks.list()]);
  const parts = [
    `lab: pid ${hello.pid}, since ${localTime(hello.startedAt)}, data in ${hello.dataDirectory}`,
    guests.length === 0 ? 'No guests yet. Make one: petri launch builtin-i386' : renderGuests(guests),
    ...(tasks.length === 0 ? [] : [renderTasks(tasks)]),
  ];
  return { json: { lab: hello, guests, tasks }, text: parts.join('\n\n'), exitCode: exitCodes.ok };
}
