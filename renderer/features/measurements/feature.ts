import { Activity } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const measurementsFeature: Feature = {
  title: 'Measurements',
  icon: Activity,
  path: '/measurements',
  routes: [
    { path: '/measurements', component: () => import('./MeasurementsView.vue'), meta: { title: 'Measurements' } },
    { path: '/measurements/compare/:ids+', component: () => import('./CompareView.vue'), meta: { title: 'Comparison' } },
    { path: '/measurements/trends', component: () => import('./TrendsView.vue'), meta: { title: 'Trends' } },
    { path: '/measurements/:id', component: () => import('./RunView.vue'), meta: { title: 'Measurement' } },
  ],
  commands: (router) => [{ id: 'measure-boot', title: 'New measurement…', group: 'Measurements', shortcut: 'Mod+Shift+M', run: () => router.push('/measurements?new') }],
};
