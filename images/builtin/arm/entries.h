/* The way into the kernel that MINIX 3 uses on ARM. */
#ifndef ENTRIES_H
#define ENTRIES_H

enum entry { ENTRY_SVC, ENTRY_COUNT };

#define ENTRY_NAMES { "svc" }

#endif
