#include "kernelcalls.h"

#include "abi.h"
#include "bytes.h"
#include "console.h"
#include "information.h"
#include "machine.h"
#include "sectors.h"

static int32_t answer_times(const struct process *caller, struct message *message)
{
	message->times.user_ticks = caller->ticks;
	message->times.boot_ticks = information.counters.ticks;
	return OK;
}

/* Copies the process table, a row for each process; the result is the number of rows. */
static int32_t answer_information(const struct process *caller, const struct message *message)
{
	uint32_t address = message->information.address;

	if (message->information.request != GET_PROCTAB)
		return EINVAL;
	if (message->information.length < PROCESS_COUNT * sizeof(struct process_row))
		return EINVAL;
	for (const struct process *process = processes; process < processes + PROCESS_COUNT; process++) {
		struct process_row row = { process->endpoint, process->flags, process->ticks, process->switches, "" };

		text_copy(row.name, process->name, sizeof row.name);
		if (!process_write(caller, address, &row, sizeof row))
			return EFAULT;
		address += sizeof row;
	}
	return PROCESS_COUNT;
}

/* Moves bytes between the console and the memory of the process that asked the server for it. */
static int32_t move_bytes(const struct message *message)
{
	const struct process *owner = process_find(message->device.owner);
	uint32_t address = message->device.address;
	uint32_t length = message->device.length;

	if (!owner)
		return EINVAL;
	if (message->device.request == DIO_INPUT_BYTE)
		return console_read(owner, address, length);
	if (message->device.request == DIO_OUTPUT_BYTE)
		return console_write(owner, address, length);
	return EINVAL;
}

static int32_t dispatch(struct process *caller, struct message *message)
{
	switch (message->type) {
	case SYS_TIMES:
		return answer_times(caller, message);
	case SYS_GETINFO:
		return answer_information(caller, message);
	case SYS_SDEVIO:
		return caller->endpoint == SERVER ? move_bytes(message) : EBADCALL;
	case SYS_DISK:
		return caller->endpoint == SHELL ? sectors_call(caller, message) : EBADCALL;
	case SYS_WAIT:
		if (caller->endpoint != CLIENT)
			return EBADCALL;
		machine_delay(message->words[0]);
		return OK;
	case SYS_ABORT:
		if (message->words[0] == ABORT_RESET)
			machine_reset();
		else
			machine_power_off();
		return ENOSYS;
	default:
		return EBADCALL;
	}
}

int32_t kernel_call(struct process *caller, uint32_t address)
{
	struct message message;

	if (!process_read(caller, address, &message, sizeof message))
		return EFAULT;
	message.type = dispatch(caller, &message);
	message.source = SYSTEM;
	if (!process_write(caller, address, &message, sizeof message))
		return EFAULT;
	return message.type;
}
