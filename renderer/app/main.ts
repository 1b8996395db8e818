import './jitless.ts';

// Loaded afterwards, because the contract's schemas take Zod's configuration when they are made.
void import('./start.ts');
