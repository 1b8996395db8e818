import { join } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import { hostName, namedScript, type InstallScript } from '../../core/installations/installScript.ts';
import { readResource } from '../../host/storage/resources.ts';

/** Reads a script of `resources/installs/`. Throws RESOURCE_INVALID with every field that is wrong. */
export function readInstallScript(resourcesDirectory: string, id: string): InstallScript {
  const { file, name, data } = readResource(join(resourcesDirectory, 'installs', `${id}.yaml`));
  const parsed = namedScript.safeParse(typeof data === 'object' && data !== null ? { ...data, id: name } : data);
  if (parsed.success) return parsed.data;
  throw new DeclaredError('RESOURCE_INVALID', { file, issues: parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`) });
}

/** What stands for `{{name}}` in a script. */
export function scriptValues(script: InstallScript, guestName: string, sshKey: string): Record<string, string> {
  return { ...script.values, guest: hostName(guestName), sshKey };
}
