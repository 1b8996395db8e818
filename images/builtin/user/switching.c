#include "switching.h"

#include "bytes.h"

void switching_play(int32_t other, struct message *message)
{
	while (message->type == SWITCH) {
		if (message->words[0] == 0) {
			struct counters counters;

			snapshot_take(&counters);
			message->type = SWITCH_END;
			memcpy(message->words, &counters, sizeof counters);
			ipc_send(other, message);
			return;
		}
		message->words[0]--;
		ipc_sendrec(other, message);
	}
}
