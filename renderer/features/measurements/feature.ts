import { Activity } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const measurementsFeature: Feature = {
  title: 'Measurements',
  icon: Activity,
  path: '/measurements',
  routes: [
    { path: '/measurements', component: () => import('./MeasurementsView.vue'), meta: { title: 'Measurements' } },
    { path: '/measurements/:id', component: () => import('./MeasurementsView.vue'), meta: { title: 'Measurement' } },
  ],
};
