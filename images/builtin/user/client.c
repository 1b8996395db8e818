/* The client: runs the loads that the shell asks for. */
#include "bytes.h"
#include "loads.h"
#include "programs.h"

/* The request: amount, parameter, how often Ctrl-C was read. The reply: the counters, then how much was done and whether Ctrl-C ended it. */
void client_program(void)
{
	struct load load;
	struct message message;

	load.arena_page = 0;
	for (;;) {
		ipc_receive(ANY, &message);
		load.type = (uint32_t)message.type;
		load.amount = message.words[0];
		load.parameter = message.words[1];
		load.cancellations = message.words[2];
		load_run(&load);
		message.type = OK;
		memcpy(message.words, &load.after, sizeof load.after);
		message.words[COUNTER_WORDS] = load.done;
		message.words[COUNTER_WORDS + 1] = load.cancelled;
		ipc_send(message.source, &message);
	}
}
