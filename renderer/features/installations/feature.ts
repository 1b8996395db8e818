import { MonitorDown } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const installationsFeature: Feature = {
  title: 'Install',
  icon: MonitorDown,
  path: '/install',
  routes: [
    { path: '/install', component: () => import('./InstallView.vue'), meta: { title: 'Install', fill: true } },
    { path: '/install/:id', component: () => import('./InstallationView.vue'), props: true, meta: { title: 'Installation', fill: true } },
  ],
  commands: (router) => [{ id: 'install', title: 'Install a system…', group: 'Install', shortcut: 'Alt+I', run: () => router.push('/install') }],
};
