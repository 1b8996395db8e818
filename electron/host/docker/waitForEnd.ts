import { z } from 'zod';
import type { DockerEngine } from './engine.ts';

const waitAnswer = z.object({ StatusCode: z.number().int() });

/**
 * Resolves with a container's exit status when it ends. The engine answers at once and says the status later, so an engine
 * that goes away cuts its answer: that is a failure here (the library's own call would wait for ever).
 */
export async function waitForEnd({ docker }: DockerEngine, container: string, condition: 'next-exit' | 'not-running', abortSignal: AbortSignal): Promise<number> {
  const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    const request = { path: `/containers/${container}/wait?`, method: 'POST', options: { condition }, isStream: true, abortSignal, statusCodes: { 200: true, 404: 'no such container', 500: 'server error' } };
    docker.modem.dial(request, (error: unknown, stream: unknown) => (error == null ? resolve(stream as NodeJS.ReadableStream) : reject(error instanceof Error ? error : new Error(JSON.stringify(error)))));
  });
  let text = '';
  for await (const part of answer) text += String(part);
  return waitAnswer.parse(JSON.parse(text)).StatusCode;
}
