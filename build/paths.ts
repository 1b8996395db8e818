import { dirname } from 'node:path';

/** The folder that holds package.json. */
export const root = dirname(import.meta.dirname);
