/* What the flattened device tree says about this machine (Devicetree Specification 0.4, chapter 5). */
#ifndef DEVICETREE_H
#define DEVICETREE_H

#include <stdbool.h>

/* Whether PSCI is called with SMC; with HVC otherwise. */
bool device_tree_psci_by_smc(void);

#endif
