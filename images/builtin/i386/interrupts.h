/* The two interrupt controllers (Intel 8259A data sheet). */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

enum { IRQ_TIMER = 0, IRQ_KEYBOARD = 1, IRQ_CASCADE = 2, IRQ_SERIAL = 4, IRQ_COUNT = 16 };

/* Where the interrupts arrive, as in MINIX: two runs of eight vectors that keep clear of the call vectors. */
enum { VECTOR_IRQ0 = 0x50, VECTOR_IRQ8 = 0x70 };

void interrupts_start(void);
void interrupt_enable(int irq);
/* A masked line still latches its request, which stands when the line is enabled again. */
void interrupt_disable(int irq);
bool interrupt_enabled(int irq);
/* Whether the line asks for service that it has not had. */
bool interrupt_pending(int irq);
/* Serves the request of the timer without a visit to the CPU; the line must be enabled and ask. */
void interrupt_discard_timer(void);
/* Tells the controllers that the interrupt is served. */
void interrupt_end(int irq);
/* The 7th line of a controller also rings for noise; true when nothing is in service there. */
bool interrupt_spurious(int irq);

#endif
