/* The server: stands where VFS stands and answers reads and writes of the console. */
#include "calls.h"
#include "programs.h"
#include "turns.h"

/* Lets the kernel move bytes between the console and the asker's memory. */
static int32_t move(uint32_t request, const struct message *asked)
{
	struct message message = { .type = SYS_SDEVIO };

	message.device.request = request;
	message.device.owner = asked->source;
	message.device.address = asked->transfer.buffer;
	message.device.length = asked->transfer.length;
	return system_call(&message);
}

static void reply(int32_t endpoint, int32_t result)
{
	struct message message = { .type = result };

	ipc_send(endpoint, &message);
}

/* Answers a read at once when there is input (or none was asked for); else the reader waits. */
static void serve_read(const struct message *asked, struct message *waiting)
{
	int32_t reader = asked->source;
	int32_t moved = move(DIO_INPUT_BYTE, asked);

	if (moved == 0 && asked->transfer.length > 0) {
		*waiting = *asked;
		return;
	}
	waiting->source = ANY;
	reply(reader, moved);
}

void server_program(void)
{
	struct message asked, waiting; /* the read that waits for input; its source is ANY when there is none */

	waiting.source = ANY;
	take_turns();
	for (;;) {
		ipc_receive(ANY, &asked);
		if (asked.source == HARDWARE) {
			if (waiting.source != ANY)
				serve_read(&waiting, &waiting);
		} else if (asked.type == VFS_READ) {
			serve_read(&asked, &waiting);
		} else if (asked.type == VFS_WRITE) {
			reply(asked.source, move(DIO_OUTPUT_BYTE, &asked));
		} else {
			reply(asked.source, ENOSYS);
		}
	}
}
