import type { ContainersState } from '../../contract/containers.ts';
import { explain } from '../../contract/errors.ts';
import { formatBytes } from '../run/bytes.ts';
import { renderTable } from './table.ts';

/** The engines, and below the table what is wrong with each and how it is put right. */
export function renderEngines(engines: ContainersState['engines']): string {
  const rows = engines.map(({ name, host, chosen, state, version }) => [chosen ? '*' : '', name, state, version ?? '', host]);
  const troubles = engines.flatMap(({ name, failure }) => {
    if (failure === null) return [];
    const { what, evidence, fix } = explain(failure);
    return [`${name}: ${what}`, ...evidence.map((line) => `  ${line}`), `  ${fix}`];
  });
  return [renderTable([{ title: '' }, { title: 'context' }, { title: 'state' }, { title: 'version' }, { title: 'address' }], rows), ...(troubles.length > 0 ? ['', ...troubles] : [])].join('\n');
}

export function renderImages(images: ContainersState['images']): string {
  const rows = images.map(({ recipe, architecture, id, bytes, qemuVersion, base, outdated }) => {
    const state = id === null ? 'not built' : outdated ? 'outdated' : 'built';
    return [recipe, architecture, state, bytes === null ? '' : formatBytes(bytes), qemuVersion ?? '', base ?? ''];
  });
  return renderTable([{ title: 'recipe' }, { title: 'guests' }, { title: 'state' }, { title: 'size', align: 'right' }, { title: 'QEMU' }, { title: 'base' }], rows);
}

export function renderNetworks(networks: ContainersState['networks']): string {
  const rows = networks.map(({ name, subnet, ours, containers }) => [name, subnet ?? '', ours ? 'Petri' : '', containers.join(', ')]);
  return renderTable([{ title: 'network' }, { title: 'addresses' }, { title: 'made by' }, { title: 'containers' }], rows);
}
