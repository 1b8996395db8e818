/* The first program: takes its turns with the others, asks who it is, and waits for ever. */
#include "calls.h"
#include "programs.h"
#include "turns.h"

void init_program(void)
{
	struct message message = { .type = PM_GETPID };

	take_turns();
	ipc_sendrec(PARTNER, &message);
	for (;;)
		ipc_receive(ANY, &message);
}
