import { z } from 'zod';
import { procedure } from './procedure.ts';

/** What a shell says first. On a version mismatch the lab answers VERSION_MISMATCH and nothing else. */
const helloInput = z.object({ contract: z.number().int(), build: z.string(), shell: z.enum(['electron', 'browser', 'terminal', 'test']) });

const helloOutput = z.object({
  contract: z.number().int(),
  build: z.string(),
  pid: z.number().int(),
  dataDirectory: z.string(),
  startedAt: z.iso.datetime(),
  /** Names of those guests that an earlier lab had started and this one adopted. */
  adopted: z.array(z.string()),
});
export type Hello = z.infer<typeof helloOutput>;

/** Where a browser reaches the lab. `url` opens the page and carries the token, so it is as secret as the token. */
const loopbackAddress = z.object({ address: z.string(), port: z.number().int(), token: z.string(), url: z.string() });
export type LoopbackAddress = z.infer<typeof loopbackAddress>;

export const system = {
  hello: procedure.input(helloInput).output(helloOutput),
  /** Ends the lab. Guests are left running for the next lab unless `guests` says to power them down. */
  shutdown: procedure.input(z.object({ guests: z.enum(['leave', 'powerDown', 'kill']) })),
  /** Opens the loopback door; port 0 takes any free one. While it is open the answer is the open door, whatever port is named. */
  listen: procedure.input(z.object({ port: z.number().int().min(0).max(65_535) })).output(loopbackAddress),
  /** Closes the loopback door and every connection through it. */
  stopListening: procedure,
};
