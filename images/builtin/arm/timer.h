/* The timer rings once; the trap code asks for the next tick. */
#ifndef TIMER_H
#define TIMER_H

void timer_next(void);

#endif
