import { z } from 'zod';
import { engineNetworkName } from '../../contract/guests.ts';

/** What cannot be read of a network is as if it were not said: its key is its name then. */
const network = z.object({
  name: z.string().optional().catch(undefined),
  external: z.object({ name: z.string() }).optional().catch(undefined),
  ipam: z.object({ config: z.array(z.object({ subnet: z.cidrv4() })) }).optional().catch(undefined),
});

/** The networks of a compose file by their keys: each with its name on the engine, and its addresses where they are told. */
export type ComposeNetworks = ReadonlyMap<string, { readonly name: string; readonly subnet: string | null }>;

export function readComposeNetworks(networks: unknown): ComposeNetworks {
  const entries = Object.entries(z.record(z.string(), z.unknown()).safeParse(networks).data ?? {});
  return new Map(entries.map(([key, content]) => {
    const { name, external, ipam } = network.safeParse(content).data ?? {};
    return [key, { name: name ?? external?.name ?? key, subnet: ipam?.config[0]?.subnet ?? null }];
  }));
}

export interface NetworkReader {
  readonly ignore: (path: string, why?: string) => void;
  readonly networks: ComposeNetworks;
}

/** The engine's network for a service with these `networks`, a list of keys or a map with them: the first, and none when none is named. */
export function engineNetworkOf(networks: unknown, path: string, { ignore, networks: known }: NetworkReader): { network?: string } {
  const keys = Array.isArray(networks) ? networks.filter((key) => typeof key === 'string') : typeof networks === 'object' && networks !== null ? Object.keys(networks) : [];
  const [first, ...others] = keys.filter((key) => key !== 'default');
  if (first === undefined) return {};
  const { name, subnet } = known.get(first) ?? { name: first, subnet: null };
  if (!engineNetworkName.safeParse(name).success) {
    ignore(`${path}.networks`, `${JSON.stringify(name).slice(0, 80)} is no network for a guest`);
    return {};
  }
  if (others.length > 0) ignore(`${path}.networks`, `a guest is in one network, which is ${name}`);
  ignore(`networks.${first}`, `the engine must have it: petri network create ${name}${subnet === null ? '' : ` --subnet ${subnet}`}`);
  return { network: name };
}
