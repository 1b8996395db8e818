#include "switching.h"

#include "bytes.h"

void switching_play(int32_t other, struct message *message)
{
	while (message->type == SWITCH) {
		uint32_t left = message->words[0];

		if (left == 0 || kernel_information->cancellations != message->words[1]) {
			struct counters counters;

			snapshot_take(&counters);
			message->type = SWITCH_END;
			message->words[COUNTER_WORDS] = left;
			memcpy(message->words, &counters, sizeof counters);
			ipc_send(other, message);
			return;
		}
		message->words[0]--;
		ipc_sendrec(other, message);
	}
}
