import { afterAll, beforeAll } from 'vitest';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../labPlace.ts';
import { build, environmentOf } from './dockerLab.ts';
import { startPrivateDocker, type PrivateDocker } from './privateDocker.ts';

export interface LabOnDocker {
  docker: PrivateDocker;
  place: LabPlace;
  /** A test that opens another lab there puts it in its place. */
  opened: DoorlessLab;
  /** What the build of the image for i386 said. */
  buildLines: string[];
}

/**
 * A lab on an engine of its own, with the image for i386 built, for all tests of a `describe`; it is filled before the
 * first of them, and after the last both are taken down with a look at what is left.
 */
export function labOnPrivateDocker(): LabOnDocker {
  const world = {} as LabOnDocker;
  beforeAll(async () => {
    world.docker = await startPrivateDocker();
    world.place = makeLabPlace();
    world.opened = await world.place.open({ docker: environmentOf(world.docker) });
    world.buildLines = await build(world.opened.client, 'qemu-i386');
  });
  afterAll(async () => {
    try {
      // Without an engine there is no place either.
      await (world as Partial<LabOnDocker>).place?.close();
    } finally {
      await (world as Partial<LabOnDocker>).docker?.close();
    }
  });
  return world;
}
