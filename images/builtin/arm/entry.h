/* Symbols of the entry code (arm/entry.S). */
#ifndef ENTRY_H
#define ENTRY_H

#include "process.h"

/* Which vector brought the CPU back from a process. */
enum vector { VECTOR_UNDEFINED = 1, VECTOR_SVC, VECTOR_PREFETCH, VECTOR_DATA, VECTOR_IRQ = 6 };

/* Two vector tables: in the first SVC leads nowhere, for the time before the kernel can answer calls. */
extern const uint8_t vectors_closed[], vectors_open[];

/* Runs the process in user mode until something brings the CPU back; its registers are then saved in it. */
enum vector entry_run(struct registers *registers);

#endif
