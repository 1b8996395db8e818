import { z } from 'zod';

// Zod would compile its schemas with `new Function`, which the page's content security policy refuses.
z.config({ jitless: true });
