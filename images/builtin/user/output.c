#include "output.h"

#include "calls.h"
#include "format.h"

#define STANDARD_OUTPUT 1

struct gathered {
	char bytes[256];
	uint32_t length;
};

int32_t write_bytes(const char *bytes, uint32_t length)
{
	struct message message = { .type = VFS_WRITE };

	message.transfer.descriptor = STANDARD_OUTPUT;
	message.transfer.buffer = (uint32_t)(uintptr_t)bytes;
	message.transfer.length = length;
	ipc_sendrec(SERVER, &message);
	return message.type;
}

static void put(void *context, char byte)
{
	struct gathered *gathered = context;

	if (gathered->length == sizeof gathered->bytes) {
		write_bytes(gathered->bytes, gathered->length);
		gathered->length = 0;
	}
	gathered->bytes[gathered->length++] = byte;
}

void print(const char *template, ...)
{
	struct gathered gathered;
	va_list arguments;

	gathered.length = 0;
	va_start(arguments, template);
	format(put, &gathered, template, arguments);
	va_end(arguments);
	write_bytes(gathered.bytes, gathered.length);
}
