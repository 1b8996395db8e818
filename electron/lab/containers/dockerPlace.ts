import type { AcceleratorName } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { Judgement } from '../../core/accelerators/judgeProbe.ts';
import { abandonContainerMachine, adoptContainerMachine } from '../../host/docker/adoptContainerMachine.ts';
import { describeHost } from '../../host/docker/describeHost.ts';
import type { DockerEngine } from '../../host/docker/engine.ts';
import { findImageQemu, findTraceEvents, type ImageQemu } from '../../host/docker/images.ts';
import { containerCommand, startContainerMachine, type StartContainerMachine } from '../../host/docker/startContainerMachine.ts';
import type { StartMachine } from '../../host/qemu/startMachine.ts';
import type { AcceleratorsService } from '../accelerators/accelerators.ts';
import type { MachinePlace } from '../guests/places.ts';
import type { SettingsService } from '../settings/settings.ts';
import type { Engines } from './engines.ts';
import { proveKvm } from './proveKvm.ts';

export interface DockerPlaceDependencies {
  readonly engines: Engines;
  readonly accelerators: AcceleratorsService;
  readonly settings: SettingsService;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
}

/** Guests in containers of an engine, as guests on this host. */
export function createDockerPlace({ engines, accelerators, settings, imagesDirectory, runDirectory }: DockerPlaceDependencies): (engine: string) => MachinePlace {
  const proofs = new Map<string, Promise<Judgement>>();
  /** Once for each image of an engine while this lab lives; a proof that could not be made is tried again. */
  const kvm = (engine: DockerEngine, architecture: GuestDefinition['architecture'], image: ImageQemu): Promise<Judgement> => {
    const key = `${engine.host} ${image.image} ${architecture}`;
    const limitMs = settings.get().acceleratorTimeLimitSeconds * 1_000;
    const proof = proofs.get(key) ?? proveKvm({ engine, architecture, image, imagesDirectory, runDirectory, limitMs });
    proofs.set(key, proof);
    proof.catch(() => proofs.delete(key));
    return proof;
  };
  /** What does not win on this host wins in no container of it; only where QEMU is here can that be known before. */
  const lossHere = async (architecture: GuestDefinition['architecture']): Promise<readonly string[] | null> => {
    const here = await accelerators.choose(architecture, 'auto').catch(() => null);
    if (here === null || here.accelerator === 'kvm') return null;
    const refused = await accelerators.choose(architecture, 'kvm').then(() => null, (error: unknown) => (error instanceof DeclaredError ? error.failure : null));
    return refused?.code === 'ACCELERATOR_UNUSABLE' ? refused.details.evidence : [`${here.accelerator} is faster on this host`];
  };
  /** Why KVM was last left alone for guests of an engine, where the choice was Petri's. */
  const losses = new Map<string, readonly string[]>();
  const lossKey = (name: string, architecture: GuestDefinition['architecture']): string => `${name} ${architecture}`;
  const chooseItself = async (engine: DockerEngine, { architecture }: GuestDefinition, image: ImageQemu): Promise<AcceleratorName> => {
    const proof = (await lossHere(architecture)) ?? (await kvm(engine, architecture, image));
    const loss = 'verdict' in proof ? (proof.verdict === 'good' ? null : proof.evidence) : proof;
    if (loss === null) losses.delete(lossKey(engine.name, architecture));
    else losses.set(lossKey(engine.name, architecture), loss);
    return loss === null ? 'kvm' : 'tcg';
  };
  const choose = async (engine: DockerEngine, definition: GuestDefinition, image: ImageQemu): Promise<AcceleratorName> => {
    const { architecture, accelerator } = definition;
    if (accelerator === 'tcg') return 'tcg';
    if (accelerator === 'auto') return chooseItself(engine, definition, image);
    const fix = 'Choose "auto": Petri takes the fastest accelerator that works.';
    if (accelerator !== 'kvm') throw new DeclaredError('ACCELERATOR_UNUSABLE', { accelerator, verdict: 'absent', evidence: [`a container has no ${accelerator}`], fix });
    const proof = await kvm(engine, architecture, image);
    if (proof.verdict === 'good' || proof.verdict === 'slow') return 'kvm';
    throw new DeclaredError('ACCELERATOR_UNUSABLE', { accelerator, verdict: proof.verdict, evidence: proof.evidence, fix: proof.fix ?? fix });
  };

  /** All that decides a guest's container on that engine. */
  const inContainer = async (name: string, start: StartMachine, { id, architecture, limits, place }: GuestDefinition): Promise<StartContainerMachine> => {
    const engine = await engines.need(name);
    const { image } = await findImageQemu(engine, architecture);
    return { ...start, engine, image, guest: id, limits, ...(place.kind === 'docker' && place.network !== undefined && { network: place.network }) };
  };

  return (name) => ({
    async choose(definition) {
      const engine = await engines.need(name);
      const image = await findImageQemu(engine, definition.architecture);
      return { accelerator: await choose(engine, definition, image), qemu: image.qemu };
    },
    start: async (start, definition) => startContainerMachine(await inContainer(name, start, definition)),
    command: async (start, definition) => containerCommand(await inContainer(name, start, definition)),
    advice({ architecture, accelerator }) {
      const loss = accelerator === 'auto' ? losses.get(lossKey(name, architecture)) : undefined;
      return loss === undefined ? [] : [`its container has no /dev/kvm, because KVM was not proven: ${loss.join('; ')}`];
    },
    elsewhere: {
      async describe({ architecture }) {
        const engine = await engines.need(name);
        const { image } = await findImageQemu(engine, architecture);
        return { ...(await describeHost(engine)), image };
      },
      async traceEvents({ architecture }) {
        const engine = await engines.need(name);
        return engine.sharesFiles ? findTraceEvents(engine, await findImageQemu(engine, architecture)) : null;
      },
    },
    async adopt(kept) {
      try {
        return await adoptContainerMachine(kept, await engines.need(name));
      } catch (error) {
        if (!(error instanceof DeclaredError)) throw error;
        await abandonContainerMachine(kept);
        return null;
      }
    },
  });
}
