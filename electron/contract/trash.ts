import { z } from 'zod';
import { instant } from './primitives.ts';

/** How long what was removed can be restored, in days; then it is purged. */
export const TRASH_DAYS = 7;

/** What can be restored, under the name that it had. */
export const trashedItem = z.object({ id: z.string(), name: z.string(), trashedAt: instant });
export type TrashedItem = z.infer<typeof trashedItem>;
