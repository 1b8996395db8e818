/* Counts a user page fault by its kind; the trap code calls it for each. */
#ifndef FAULTKINDS_H
#define FAULTKINDS_H

#include <stdbool.h>

#include "information.h"
#include "machine.h"

static inline void count_kind(int access, bool present)
{
	struct fault_kinds *kinds = &information.fault_kinds;

	++*(access == ACCESS_WRITE ? &kinds->writes : access == ACCESS_EXECUTE ? &kinds->executes : &kinds->reads);
	if (present)
		count(&kinds->protections, DROPS_PROTECTION);
}

#endif
