import { House } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const homeFeature: Feature = {
  title: 'Home',
  icon: House,
  path: '/',
  routes: [{ path: '/', component: () => import('./HomeView.vue') }],
};
