import { FileText } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const reportsFeature: Feature = {
  title: 'Reports',
  icon: FileText,
  path: '/reports',
  routes: [
    { path: '/reports', component: () => import('./ReportsView.vue'), meta: { title: 'Reports' } },
    { path: '/reports/imported/:id', component: () => import('./ImportedReportView.vue'), meta: { title: 'Imported report' } },
    { path: '/reports/:run', component: () => import('./ReportView.vue'), meta: { title: 'Report' } },
  ],
};
