#include "scheduler.h"

#include "information.h"
#include "kernel.h"
#include "machine.h"

static struct queue {
	struct process *first, *last;
} queues[PRIORITY_COUNT];

static uint32_t loaded; /* the address space in use; the kernel's own at first */

static void enqueue(struct process *process)
{
	struct queue *queue = &queues[process->priority];

	process->next_ready = 0;
	if (queue->last)
		queue->last->next_ready = process;
	else
		queue->first = process;
	queue->last = process;
}

static void dequeue(struct process *process)
{
	struct queue *queue = &queues[process->priority];
	struct process *before = 0;

	for (struct process *at = queue->first; at != process; at = at->next_ready)
		before = at;
	if (before)
		before->next_ready = process->next_ready;
	else
		queue->first = process->next_ready;
	if (queue->last == process)
		queue->last = before;
}

void scheduler_unblock(struct process *process, uint32_t flag)
{
	uint32_t flags = process->flags;

	process->flags = flags & ~flag;
	if (flags && !process->flags)
		enqueue(process);
}

void scheduler_block(struct process *process, uint32_t flag)
{
	if (!process->flags)
		dequeue(process);
	process->flags |= flag;
}

struct process *scheduler_next(void)
{
	for (int priority = 0; priority < PRIORITY_COUNT; priority++)
		if (queues[priority].first)
			return queues[priority].first;
	return 0;
}

void scheduler_switch(struct process *process)
{
	if (process->address_space == loaded)
		return;
	loaded = process->address_space;
	process->switches++;
	address_space_load(loaded);
}

void scheduler_tick(struct process *process)
{
	process->ticks++;
	if (queues[process->priority].first == queues[process->priority].last)
		return;
	process->preemptions++;
	dequeue(process);
	enqueue(process);
}

/* The processes of the system image; the shell follows in the last phase. */
static bool in_image(const struct process *process)
{
	return process->magic == PROCESS_MAGIC && process->endpoint != SHELL;
}

void scheduler_ready_work(void)
{
	timer_start();
	for (struct process *process = processes; process < processes + PROCESS_COUNT; process++)
		if (in_image(process))
			scheduler_unblock(process, STOPPED);
}

/* At least three processes must have run in user mode and have lost the processor to a tick. */
#define PREEMPTED_MINIMUM 3
#define DEADLINE_TICKS 50

static uint32_t count_preempted(void)
{
	uint32_t preempted = 0;

	for (struct process *process = processes; process < processes + PROCESS_COUNT; process++)
		if (in_image(process) && process->preemptions && registers_user_mode(&process->registers))
			preempted++;
	return preempted;
}

const char *scheduler_ready_check(struct evidence *evidence)
{
	const char *reason = timer_check();
	uint32_t ticks = 0;

	if (reason)
		return reason;
	while (count_preempted() < PREEMPTED_MINIMUM) {
		if (!scheduler_next())
			return "no process is ready";
		if (kernel_step() && ++ticks > DEADLINE_TICKS)
			return "the processes do not take turns";
	}
	if (information.counters.ticks < PREEMPTED_MINIMUM)
		return "the ticks were not counted";
	evidence_add(evidence, "ticks=%u preempted=%u switches=%u", information.counters.ticks, count_preempted(),
	             information.counters.switches);
	return 0;
}
