import { calibrationsFeature } from '../features/calibrations/feature.ts';
import { campaignsFeature } from '../features/campaigns/feature.ts';
import { catalogFeature } from '../features/catalog/feature.ts';
import { containersFeature } from '../features/containers/feature.ts';
import { disksFeature } from '../features/disks/feature.ts';
import { guestsFeature } from '../features/guests/feature.ts';
import { historyFeature } from '../features/history/feature.ts';
import { homeFeature } from '../features/home/feature.ts';
import { installationsFeature } from '../features/installations/feature.ts';
import { measurementsFeature } from '../features/measurements/feature.ts';
import { reportsFeature } from '../features/reports/feature.ts';
import { settingsFeature } from '../features/settings/feature.ts';
import type { Feature } from './feature.ts';

/** The rail from top to bottom; the shortcuts Mod+1…9 follow this order, and Mod+0 is the tenth. */
export const features: readonly Feature[] = [
  homeFeature, guestsFeature, catalogFeature, installationsFeature, disksFeature, containersFeature, historyFeature, measurementsFeature, reportsFeature, settingsFeature,
];

/** Those without a place in the rail: screens of theirs lead there, and the palette. */
export const innerFeatures: readonly Feature[] = [calibrationsFeature, campaignsFeature];

/** The shortcut of a place in the rail. */
export function railShortcut(index: number): string {
  return `Mod+${(index + 1) % 10}`;
}
