#include "disk.h"

#include "bytes.h"
#include "commands.h"
#include "crc32.h"
#include "install.h"
#include "output.h"

static int32_t ask(uint32_t request, uint32_t first, uint32_t count, void *sectors, struct message *message)
{
	message->type = SYS_DISK;
	message->disk.request = request;
	message->disk.first = first;
	message->disk.count = count;
	message->disk.address = (uint32_t)(uintptr_t)sectors;
	system_call(message);
	return message->type;
}

bool disk_find(struct disk *disk)
{
	struct message message;

	if (ask(DISK_SIZE, 0, 0, 0, &message) != OK) {
		print("petri: no disk: nothing answers as an IDE disk\n");
		return false;
	}
	disk->sectors = message.disk.first;
	disk->kernel_bytes = message.disk.count;
	return true;
}

bool disk_move(uint32_t request, uint32_t first, uint32_t count, void *sectors)
{
	struct message message;
	int32_t result = ask(request, first, count, sectors, &message);

	if (result != OK)
		print("petri: the disk failed at sector %u: %s\n", first, result == EINVAL ? "beyond its end" : "error");
	return result == OK;
}

bool disk_settle(void)
{
	struct message message;

	if (ask(DISK_FLUSH, 0, 0, 0, &message) == OK)
		return true;
	print("petri: the disk failed to flush its cache\n");
	return false;
}

/* Prints a number of bytes that may not fit 32 bits: 125,000 sectors are 64 million, so that no step leaves them. */
static void print_bytes(uint32_t sectors)
{
	uint32_t rest = sectors % 125000 * SECTOR_BYTES;
	uint32_t millions = sectors / 125000 * 64 + rest / 1000000;

	rest %= 1000000;
	if (!millions) {
		print("%u", rest);
		return;
	}
	print("%u", millions);
	for (uint32_t unit = 100000; unit; unit /= 10)
		print("%u", rest / unit % 10);
}

void disk_show(const struct disk *disk)
{
	print("petri: disk ");
	print_bytes(disk->sectors);
	print(" bytes, %u sectors\n", disk->sectors);
}

static void skip_spaces(const char **rest)
{
	while (**rest == ' ')
		++*rest;
}

/* A number that stands alone or before a space; moves behind it and the spaces. */
static bool take_number(const char **rest, uint32_t *number)
{
	if (!number_parse(rest, 0, number))
		return false;
	skip_spaces(rest);
	return true;
}

static bool show(void)
{
	struct disk disk;

	if (disk_find(&disk))
		disk_show(&disk);
	return true;
}

static void print_byte(uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	print(" %c%c", digits[byte >> 4], digits[byte & 15]);
}

#define SHOWN_BYTES 16

static bool read_sector(const char *rest)
{
	uint8_t sector[SECTOR_BYTES];
	struct disk disk;
	uint32_t first;

	if (!take_number(&rest, &first) || *rest)
		return false;
	if (!disk_find(&disk) || !disk_move(DISK_READ, first, 1, sector))
		return true;
	print("sector %u crc32=%x begins", first, crc32(0, sector, sizeof sector));
	for (uint32_t at = 0; at < SHOWN_BYTES; at++)
		print_byte(sector[at]);
	print("\n");
	return true;
}

/* As many sectors as fit the program's stack beside all else. */
#define PIECE 4u

/* Does something with each piece of a range, until Ctrl-C; true when all was done. */
static bool each_piece(struct editor *editor, uint32_t request, uint32_t first, uint32_t count, void *piece, uint32_t *crc)
{
	for (uint32_t done = 0; done < count;) {
		uint32_t size = count - done < PIECE ? count - done : PIECE;

		if (kernel_information->cancellations != editor->cancellations) {
			editor_discard(editor);
			print("cancelled after %u of %u\n", done, count);
			return false;
		}
		if (!disk_move(request, first + done, size, piece))
			return false;
		if (request == DISK_READ)
			*crc = crc32(*crc, piece, size * SECTOR_BYTES);
		done += size;
	}
	return true;
}

static bool write_sectors(struct editor *editor, const char *rest)
{
	uint8_t piece[PIECE * SECTOR_BYTES];
	struct disk disk;
	uint32_t first, byte, count = 1;

	if (!take_number(&rest, &first) || !take_number(&rest, &byte) || byte > 255)
		return false;
	if (*rest && (!take_number(&rest, &count) || *rest))
		return false;
	memset(piece, (int)byte, sizeof piece);
	if (disk_find(&disk) && each_piece(editor, DISK_WRITE, first, count, piece, 0) && disk_settle())
		print("written sector=%u count=%u byte=%u\n", first, count, byte);
	return true;
}

static bool sum_sectors(struct editor *editor, const char *rest)
{
	uint8_t piece[PIECE * SECTOR_BYTES];
	struct disk disk;
	uint32_t first, count, crc = 0;

	if (!take_number(&rest, &first) || !take_number(&rest, &count) || *rest)
		return false;
	if (disk_find(&disk) && each_piece(editor, DISK_READ, first, count, piece, &crc))
		print("sum sector=%u count=%u crc32=%x\n", first, count, crc);
	return true;
}

bool disk_command(struct editor *editor, const char *rest)
{
	const char *after;

	if (!*rest)
		return show();
	if ((after = after_name(rest, "read")))
		return read_sector(after);
	if ((after = after_name(rest, "write")))
		return write_sectors(editor, after);
	if (!(after = after_name(rest, "sum")))
		return false;
	if (*after)
		return sum_sectors(editor, after);
	install_check();
	return true;
}
