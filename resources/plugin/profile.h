/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the guest is, once in so many instructions. */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdint.h>

/* At the begin of every block; the datum is its address. */
void profile_block(unsigned vcpu, void *address);

#endif
