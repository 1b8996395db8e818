import { Library } from '@lucide/vue';
import type { Feature } from '../../app/feature.ts';

export const catalogFeature: Feature = {
  title: 'Systems',
  icon: Library,
  path: '/catalog',
  routes: [{ path: '/catalog', component: () => import('./CatalogView.vue'), meta: { title: 'Systems', fill: true } }],
  commands: (router) => [
    { id: 'add-entry', title: 'Add a system from a file…', group: 'Systems', run: () => router.push({ path: '/catalog', query: { add: 'entry' } }) },
    { id: 'add-image', title: 'Add an image from a file…', group: 'Systems', run: () => router.push({ path: '/catalog', query: { add: 'image' } }) },
  ],
};
