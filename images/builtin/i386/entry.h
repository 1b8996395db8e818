/* Symbols of the entry code (i386/entry.S). */
#ifndef ENTRY_H
#define ENTRY_H

#include "process.h"

#define ENTRY_EXCEPTIONS 32

extern const void *const entry_exceptions[ENTRY_EXCEPTIONS];
extern const void *const entry_interrupts[16];
extern const uint8_t entry_int20[], entry_int21[], entry_int22[], entry_int23[], entry_sysenter[], entry_syscall[];

/* Runs the process in user mode until something brings the CPU back; then its registers are saved in it. */
void entry_run(struct registers *registers);
/* Halts until an interrupt comes; returns its vector. */
uint32_t entry_idle(void);

#endif
