import { createRouter, createWebHashHistory, type Router } from 'vue-router';
import { features, innerFeatures } from './features.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** The window's title; a view with a name of its own sets document.title itself. */
    title?: string;
    /** True for a screen that fills the height and scrolls inside. */
    fill?: boolean;
  }
}

/** Hash addresses, so that a reload needs no rule of the server and works from files too. */
export function createAppRouter(): Router {
  const router = createRouter({
    history: createWebHashHistory(),
    routes: [
      ...[...features, ...innerFeatures].flatMap(({ routes }) => routes),
      { path: '/:rest(.*)*', component: () => import('./NotFoundView.vue'), meta: { title: 'Not found' } },
    ],
  });
  router.afterEach((to) => {
    document.title = to.meta.title === undefined ? 'Petri' : `${to.meta.title} – Petri`;
  });
  return router;
}
