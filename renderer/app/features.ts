import { catalogFeature } from '../features/catalog/feature.ts';
import { containersFeature } from '../features/containers/feature.ts';
import { disksFeature } from '../features/disks/feature.ts';
import { guestsFeature } from '../features/guests/feature.ts';
import { homeFeature } from '../features/home/feature.ts';
import { installationsFeature } from '../features/installations/feature.ts';
import { measurementsFeature } from '../features/measurements/feature.ts';
import { reportsFeature } from '../features/reports/feature.ts';
import { settingsFeature } from '../features/settings/feature.ts';
import type { Feature } from './feature.ts';

/** The rail from top to bottom; the shortcuts Mod+1…9 follow this order. */
export const features: readonly Feature[] = [homeFeature, guestsFeature, catalogFeature, installationsFeature, disksFeature, containersFeature, measurementsFeature, reportsFeature, settingsFeature];
