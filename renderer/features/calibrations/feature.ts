import { Gauge } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const calibrationsFeature: Feature = {
  title: 'Calibration',
  icon: Gauge,
  path: '/calibration',
  routes: [{ path: '/calibration', component: () => import('./CalibrationView.vue'), meta: { title: 'Calibration' } }],
  commands: (router) => [{ id: 'go-calibration', title: 'Go to Calibration', group: 'Go', run: () => router.push('/calibration') }],
};
