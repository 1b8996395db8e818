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
    { path: '/measurements/programs', component: () => import('./programs/ProgramsView.vue'), meta: { title: 'Programs of this host' } },
    { path: '/measurements/programs/compare/:a/:b', component: () => import('./programs/ProgramCompareView.vue'), meta: { title: 'Two traces of programs' } },
    { path: '/measurements/programs/:id', component: () => import('./programs/ProgramView.vue'), meta: { title: 'Trace of a program' } },
    { path: '/measurements/:id', component: () => import('./RunView.vue'), meta: { title: 'Measurement' } },
  ],
  commands: (router) => [
    { id: 'measure-boot', title: 'New measurement…', group: 'Measurements', shortcut: 'Mod+Shift+M', run: () => router.push('/measurements?new') },
    { id: 'go-trends', title: 'Go to Trends', group: 'Go', shortcut: 'Mod+Shift+G', run: () => router.push('/measurements/trends') },
    { id: 'trace-program', title: 'Trace a program…', group: 'Measurements', run: () => router.push('/measurements/programs?new') },
    { id: 'go-programs', title: 'Go to Programs of this host', group: 'Go', run: () => router.push('/measurements/programs') },
  ],
};
