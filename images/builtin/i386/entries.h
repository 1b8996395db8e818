/* The ways into the kernel that MINIX 3 uses on i386, in the order in which counts are printed. */
#ifndef ENTRIES_H
#define ENTRIES_H

enum entry { ENTRY_INT20, ENTRY_INT21, ENTRY_INT22, ENTRY_INT23, ENTRY_SYSENTER, ENTRY_SYSCALL, ENTRY_COUNT };

#define ENTRY_NAMES { "int20", "int21", "int22", "int23", "sysenter", "syscall" }

#endif
