import { LayoutDashboard } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const historyFeature: Feature = {
  title: 'Dashboard',
  icon: LayoutDashboard,
  path: '/dashboard',
  routes: [{ path: '/dashboard', component: () => import('./DashboardView.vue'), meta: { title: 'Dashboard' } }],
};
