import { z } from 'zod';
import { DeclaredError } from '../../contract/errors.ts';
import { DEFAULT_BASE, imageTag, type Recipe } from '../../core/containers/recipes.ts';
import { ask } from './ask.ts';
import { packContext, readBuildContext } from './buildContext.ts';
import type { DockerEngine } from './engine.ts';

export interface BuildImage {
  readonly engine: DockerEngine;
  readonly imagesDirectory: string;
  readonly recipe: Recipe;
  /** An image that the engine has or can pull. */
  readonly base?: string;
  readonly signal: AbortSignal;
  /** Called for each line that the build says. */
  readonly onLine: (line: string) => void;
  /** Called at each step of the Dockerfile. */
  readonly onStep: (step: { readonly done: number; readonly planned: number; readonly words: string }) => void;
}

/** One message of the engine's answer, which is a stream of JSON lines. */
const message = z.object({ stream: z.string().optional(), status: z.string().optional(), id: z.string().optional(), error: z.string().optional() });

/** `Step 3/9 : RUN …` */
const STEP = /^Step (\d+)\/(\d+) : (.*)/;
const KEPT_LINES = 20;

/** Follows a build to its end. Its last lines are the evidence when it fails. */
function createReader({ recipe, onLine, onStep }: BuildImage) {
  let step = 'before the first step';
  let kept: string[] = [];
  const say = (line: string): void => {
    kept = [...kept, line].slice(-KEPT_LINES);
    onLine(line);
    const found = STEP.exec(line);
    if (found === null) return;
    step = line;
    onStep({ done: Number(found[1]) - 1, planned: Number(found[2]), words: found[3] ?? '' });
  };
  const failed = (output: string[]): DeclaredError => new DeclaredError('DOCKER_BUILD_FAILED', { recipe, step, output });
  return {
    say,
    failed,
    take(line: string): void {
      if (line.trim() === '') return;
      const { stream, status, id, error } = message.parse(JSON.parse(line));
      if (error !== undefined) throw failed([...kept, error]);
      if (stream !== undefined) stream.split('\n').filter((text) => text.trim() !== '').forEach(say);
      else if (status !== undefined) onLine([id, status].filter((word) => word !== undefined).join(': '));
    },
  };
}

/**
 * Builds one of Petri's images from its folder. Cancelled, it leaves no image under its name.
 * Throws DOCKER_BUILD_FAILED with the last lines, DOCKER_REFUSED, DOCKER_VANISHED, and the signal's reason.
 */
export async function buildImage(build: BuildImage): Promise<void> {
  const { engine, imagesDirectory, recipe, base = DEFAULT_BASE, signal } = build;
  const reader = createReader(build);
  const context = await readBuildContext(imagesDirectory, recipe);
  reader.say(`context: ${context.bytes} bytes in ${context.files.length} files; base: ${base}`);
  const options = {
    t: imageTag(recipe),
    dockerfile: context.dockerfile,
    buildargs: { BASE: base, RECIPE_DIGEST: context.digest },
    rm: true,
    forcerm: true,
    abortSignal: signal,
  };
  try {
    const answer = await engine.docker.buildImage(packContext(context), options);
    // The library's stream does not end by the signal once the answer has begun.
    const stop = (): void => {
      if ('destroy' in answer) (answer as { destroy(error: unknown): void }).destroy(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      await readLines(answer, reader.take);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeclaredError) throw error;
    await ask(engine, `build ${recipe}`, () => Promise.reject(error instanceof Error ? error : new Error(String(error))));
  }
  signal.throwIfAborted();
}

async function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const part of stream) {
    const lines = (rest + String(part)).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  }
  take(rest);
}
