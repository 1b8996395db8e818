/*
 * The partner: stands where PM stands. It answers who-am-I, and it is the other end of the client's messages.
 *
 * SWITCH is a game for two: each SENDREC hands the processor to the other side, so at every moment exactly one of the
 * two can run and each message is exactly one address-space switch, whatever the ticks do. Who receives a SWITCH with
 * no switches left reads the counters.
 */
#include "programs.h"
#include "switching.h"
#include "turns.h"

static void answer_identity(struct message *message)
{
	message->type = message->source;
	ipc_send(message->source, message);
}

void partner_program(void)
{
	struct message message;

	take_turns();
	for (;;) {
		ipc_receive(ANY, &message);
		if (message.type == SWITCH)
			switching_play(message.source, &message);
		else if (message.type == PM_GETPID)
			answer_identity(&message);
	}
}
