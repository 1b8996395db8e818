import type { Component } from 'vue';
import type { Router, RouteRecordRaw } from 'vue-router';
import type { Command } from './commands.ts';

/** A noun's screens as the shell needs them: a place in the rail, routes, and commands that work everywhere. */
export interface Feature {
  readonly title: string;
  readonly icon: Component;
  /** Where the rail leads. */
  readonly path: string;
  /** Components should be loaded lazily: `() => import('./…View.vue')`. */
  readonly routes: readonly RouteRecordRaw[];
  readonly commands?: (router: Router) => readonly Command[];
}
