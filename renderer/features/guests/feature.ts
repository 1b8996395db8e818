import { Monitor } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const guestsFeature: Feature = {
  title: 'Guests',
  icon: Monitor,
  path: '/guests',
  routes: [
    { path: '/guests', component: () => import('./GuestsView.vue'), meta: { title: 'Guests' } },
    // A guest's screen joins the guest and its console, so it belongs to the shell.
    { path: '/guests/:id', component: () => import('../../app/GuestScreen.vue'), props: true, meta: { title: 'Guest', fill: true } },
  ],
  commands: (router) => [
    { id: 'new-guest', title: 'New guest…', group: 'Guests', shortcut: 'Alt+N', run: () => router.push({ path: '/guests', query: { new: '1' } }) },
  ],
};
