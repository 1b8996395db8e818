import { Container } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';
import { useLab } from '../../stores/lab.ts';

export const containersFeature: Feature = {
  title: 'Containers',
  icon: Container,
  path: '/containers',
  routes: [{ path: '/containers', component: () => import('./ContainersView.vue'), meta: { title: 'Containers' } }],
  commands: (router) => [
    { id: 'containers.refresh', title: 'Ask the Docker Engines again', group: 'Containers', run: () => useLab().client().containers.refresh() },
    { id: 'containers.import', title: 'Import a compose file…', group: 'Containers', run: () => router.push({ path: '/containers', query: { compose: 'import' } }) },
    { id: 'containers.export', title: 'Export a group as a compose file…', group: 'Containers', run: () => router.push({ path: '/containers', query: { compose: 'export' } }) },
  ],
};
