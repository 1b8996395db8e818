import { Settings2 } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const settingsFeature: Feature = {
  title: 'Settings',
  icon: Settings2,
  path: '/settings',
  routes: [{ path: '/settings', component: () => import('../../app/SettingsScreen.vue'), meta: { title: 'Settings' } }],
};
