import { HardDrive } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const disksFeature: Feature = {
  title: 'Disks',
  icon: HardDrive,
  path: '/disks',
  routes: [
    // Which guests run is another noun's, so the screen belongs to the shell.
    { path: '/disks', component: () => import('../../app/DisksScreen.vue'), meta: { title: 'Disks', fill: true } },
    { path: '/disks/:id', redirect: ({ params }) => ({ path: '/disks', query: { disk: String(params['id']) } }) },
  ],
  commands: (router) => [
    { id: 'new-disk', title: 'New disk…', group: 'Disks', run: () => router.push({ path: '/disks', query: { new: '1' } }) },
    { id: 'import-disk', title: 'Import a disk…', group: 'Disks', run: () => router.push({ path: '/disks', query: { import: '1' } }) },
  ],
};
