import { Monitor } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const guestsFeature: Feature = {
  title: 'Guests',
  icon: Monitor,
  path: '/guests',
  routes: [
    { path: '/guests', component: () => import('./GuestsView.vue'), meta: { title: 'Guests' } },
  ],
};
