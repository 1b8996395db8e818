import './jitless.ts';

// A screen that is gone after an update of the lab: the page that fits has it. Once only, lest it never ends.
window.addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem('petri.reloadedFor') === __PETRI_BUILD__) return;
  sessionStorage.setItem('petri.reloadedFor', __PETRI_BUILD__);
  location.reload();
});

// Loaded afterwards, because the contract's schemas take Zod's configuration when they are made.
void import('./start.ts');
