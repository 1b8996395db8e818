import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { DeclaredError } from '../../contract/errors.ts';
import type { MachineSpecification } from '../../core/guests/machine.ts';
import { ask } from './ask.ts';
import type { DockerEngine } from './engine.ts';
import type { ContainerUser } from './givenFiles.ts';

interface CarriedFile {
  readonly name: string;
  readonly path: string;
}

/** A machine of which the files are copied to another host, and what must be copied. */
export interface CarriedMachine {
  readonly specification: MachineSpecification;
  readonly files: readonly CarriedFile[];
}

/**
 * The same machine with its kernel, modules and medium in the machine's own directory, which is a volume on the other
 * host. Throws DOCKER_REFUSED for what cannot be copied there and back: disks, a shared folder, a trace.
 */
export function carriedMachine(engine: DockerEngine, specification: MachineSpecification, directory: string): CarriedMachine {
  const stays = specification.disks.length > 0 ? 'its disks' : specification.share !== null ? 'its shared folder' : specification.trace !== null ? 'the trace of its serial port' : null;
  if (stays !== null) {
    throw new DeclaredError('DOCKER_REFUSED', {
      engine: engine.name, host: engine.host, request: `run this guest, because ${stays} would have to be on that host`, statusCode: null,
      evidence: ['Kernel, modules and medium are copied to an engine of another host; everything that is written stays here.'],
    });
  }
  const files: CarriedFile[] = [];
  const carry = (path: string): string => {
    const name = `${files.length}-${basename(path).replaceAll(/[^\w.-]/g, '_')}`;
    files.push({ name, path });
    return join(directory, name);
  };
  const { kernelPath, modules, medium } = specification;
  return {
    files,
    specification: {
      ...specification,
      kernelPath: kernelPath === null ? null : carry(kernelPath),
      modules: modules.map((module) => ({ ...module, path: carry(module.path) })),
      medium: medium?.path == null ? medium : { path: carry(medium.path) },
      // QEMU's own logs would be files of that host.
      serialLogs: specification.serialLogs.map(() => null),
    },
  };
}

/**
 * Where the volume of such a container is: above the machine's directory, because an engine gives the root of a volume to
 * root and nobody else, and only what is put into it has an owner of its own.
 */
export function carriedVolume(directory: string): string {
  return dirname(directory);
}

/** Puts the files into the volume of a container that is made and does not run yet; from then on they are its user's. */
export async function carryFiles(engine: DockerEngine, container: string, directory: string, files: readonly CarriedFile[], { uid, gid }: ContainerUser): Promise<void> {
  const archive = pack();
  const packed = (async () => {
    archive.entry({ name: `${basename(directory)}/`, type: 'directory', mode: 0o700, uid, gid });
    for (const { name, path } of files) {
      const { size } = await stat(path);
      await pipeline(createReadStream(path), archive.entry({ name: `${basename(directory)}/${name}`, mode: 0o600, uid, gid, size }));
    }
    archive.finalize();
  })();
  packed.catch((error: unknown) => archive.destroy(error as Error));
  await ask(engine, 'take the files of the guest', (docker) => docker.getContainer(container).putArchive(archive as unknown as NodeJS.ReadableStream, { path: carriedVolume(directory) }));
  await packed;
}
