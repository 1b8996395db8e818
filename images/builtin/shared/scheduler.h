/*
 * Who runs next: the first in the queue of the higher priority; a tick sends it to the end of its queue.
 *
 * Only the client, which runs the loads, has the lower priority: so it runs only while all others wait, and what is
 * counted during a load is the load's alone.
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "evidence.h"
#include "process.h"

enum { PRIORITY_SYSTEM, PRIORITY_LOAD, PRIORITY_COUNT };

/* Takes away a reason not to run; without one left the process joins the queue. */
void scheduler_unblock(struct process *process, uint32_t flag);
/* Gives a reason not to run and takes the process out of the queue. */
void scheduler_block(struct process *process, uint32_t flag);
/* The process to run now, or 0. */
struct process *scheduler_next(void);
/* Loads the address space of the process unless it is loaded. */
void scheduler_switch(struct process *process);
/* A timer interrupt came while the process ran. */
void scheduler_tick(struct process *process);

/* The phase scheduler_ready. */
void scheduler_ready_work(void);
const char *scheduler_ready_check(struct evidence *evidence);

#endif
