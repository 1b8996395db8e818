/* The two interrupt controllers (Intel 8259A data sheet). */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

enum { IRQ_TIMER = 0, IRQ_CASCADE = 2, IRQ_SERIAL = 4, IRQ_COUNT = 16 };

/* Where the interrupts arrive, as in MINIX: two runs of eight vectors that keep clear of the call vectors. */
enum { VECTOR_IRQ0 = 0x50, VECTOR_IRQ8 = 0x70 };

void interrupts_start(void);
void interrupt_enable(int irq);
bool interrupt_enabled(int irq);
/* Whether the line asks for service that it has not had. */
bool interrupt_pending(int irq);
/* Tells the controllers that the interrupt is served. */
void interrupt_end(int irq);
/* The 7th line of a controller also rings for noise; true when nothing is in service there. */
bool interrupt_spurious(int irq);

#endif
