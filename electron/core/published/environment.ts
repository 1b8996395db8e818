import type { Run, Subject } from '../../contract/measurements.ts';
import type { Environment } from '../../contract/published.ts';

/** Where and how a subject's boots were executed, in the words of `published`. */
export function subjectEnvironment(run: Run, subject: Subject): Environment {
  return {
    hardware: run.host.cpuModel,
    execution: subject.accelerator === 'tcg' ? 'emulated' : 'hardwareVirtualised',
    hostId: run.host.id,
    qemuBuildId: subject.qemu.id,
  };
}
