#include "sectors.h"

#include "abi.h"
#include "bytes.h"
#include "machine.h"

static uint8_t sectors[DISK_PIECE * SECTOR_BYTES];

/* The file that the kernel was started from, in sectors; the last is filled up with zeros. */
static int32_t read_kernel_file(uint32_t first, uint32_t count)
{
	uint32_t bytes;
	const uint8_t *file = machine_kernel_file(&bytes);
	uint32_t offset = first * SECTOR_BYTES;
	uint32_t length = count * SECTOR_BYTES;

	if (first >= (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES)
		return EINVAL;
	memset(sectors, 0, length);
	memcpy(sectors, file + offset, length < bytes - offset ? length : bytes - offset);
	return OK;
}

static int32_t answer_size(struct message *message)
{
	machine_kernel_file(&message->disk.count);
	return disk_size(&message->disk.first);
}

static int32_t read(const struct process *caller, const struct message *message)
{
	uint32_t first = message->disk.first;
	uint32_t count = message->disk.count;
	int32_t result = message->disk.request == DISK_READ ? disk_read(first, count, sectors) : read_kernel_file(first, count);

	if (result != OK)
		return result;
	return process_write(caller, message->disk.address, sectors, count * SECTOR_BYTES) ? OK : EFAULT;
}

static int32_t write(const struct process *caller, const struct message *message)
{
	if (!process_read(caller, message->disk.address, sectors, message->disk.count * SECTOR_BYTES))
		return EFAULT;
	return disk_write(message->disk.first, message->disk.count, sectors);
}

int32_t sectors_call(const struct process *caller, struct message *message)
{
	uint32_t request = message->disk.request;

	if (request == DISK_SIZE)
		return answer_size(message);
	if (request == DISK_FLUSH)
		return disk_flush();
	if (message->disk.count > DISK_PIECE)
		return EINVAL;
	if (request == DISK_READ || request == DISK_KERNEL_FILE)
		return read(caller, message);
	return request == DISK_WRITE ? write(caller, message) : EINVAL;
}
