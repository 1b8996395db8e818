import { ListChecks } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const campaignsFeature: Feature = {
  title: 'Campaigns',
  icon: ListChecks,
  path: '/campaigns',
  routes: [{ path: '/campaigns', component: () => import('./CampaignsView.vue'), meta: { title: 'Campaigns' } }],
  commands: (router) => [{ id: 'go-campaigns', title: 'Go to Campaigns', group: 'Go', shortcut: 'Mod+Shift+Y', run: () => router.push('/campaigns') }],
};
