import { House } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';
import { useHosts } from '../../stores/hosts.ts';
import { useLab } from '../../stores/lab.ts';
import { bootSomething } from './bootSomething.ts';

export const homeFeature: Feature = {
  title: 'Home',
  icon: House,
  path: '/',
  routes: [{ path: '/', component: () => import('./HomeView.vue') }],
  commands: (router) => [
    { id: 'boot-now', title: 'Boot something now', group: 'Home', shortcut: 'Mod+B', run: async () => router.push(`/measurements/${await bootSomething(useLab().client())}`) },
    { id: 'check-machine', title: 'Check my machine', group: 'Home', run: () => useHosts().test() },
  ],
};
