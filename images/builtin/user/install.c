#include "install.h"

#include "bootrecord.h"
#include "bytes.h"
#include "crc32.h"
#include "disk.h"
#include "output.h"

/*
 * The disk: sector 0 has the boot code and the partition table; the only partition begins with the loader, behind
 * which lies the kernel's file. What comes then is free.
 */
#define PARTITION_FIRST 2048u
#define LOADER_SECTORS (LOADER_BYTES / SECTOR_BYTES)
#define COPY_FIRST (PARTITION_FIRST + LOADER_SECTORS)
#define NEEDED_SECTORS 4096u

#define PARTITION_TABLE 446
#define PARTITION_ACTIVE 0x80
#define PARTITION_TYPE 0x7f /* set aside for experiments (Alternative OS Development Partition Standard) */

#define CONTROL_C 3

extern const uint8_t boot_code_mbr[], boot_code_mbr_end[], boot_code_loader[], boot_code_loader_end[];

struct installation {
	struct editor *editor;
	struct disk disk;
	struct boot_record record;
	uint8_t sector[SECTOR_BYTES], read_back[SECTOR_BYTES];
};

static void put32(uint8_t *at, uint32_t value)
{
	for (int byte = 0; byte < 4; byte++)
		at[byte] = (uint8_t)(value >> 8 * byte);
}

static bool same(const uint8_t *a, const uint8_t *b, uint32_t length)
{
	while (length && *a == *b)
		a++, b++, length--;
	return !length;
}

static bool find_disk(struct installation *installation)
{
	struct disk *disk = &installation->disk;

	if (!disk_find(disk))
		return false;
	disk_show(disk);
	if (disk->sectors < NEEDED_SECTORS) {
		print("petri: disk too small: %u bytes are needed\n", NEEDED_SECTORS * SECTOR_BYTES);
		return false;
	}
	if (!disk->kernel_bytes) {
		print("petri: no copy of the kernel to install: boot the installer medium\n");
		return false;
	}
	return true;
}

/* Says what is on the disk, when something is. */
static bool look_at_disk(struct installation *installation)
{
	if (!disk_move(DISK_READ, 0, 1, installation->sector))
		return false;
	if (installation->sector[510] == 0x55 && installation->sector[511] == 0xaa)
		print("petri: the disk has a partition table, which will be replaced\n");
	return true;
}

/* False after Ctrl-C. */
static bool ask(struct editor *editor, const char *question)
{
	print("%s", question);
	editor_read_line(editor);
	return editor->before != CONTROL_C;
}

static bool agree(struct installation *installation)
{
	struct editor *editor = installation->editor;
	struct boot_record *record = &installation->record;
	uint32_t name_length = text_length(BOOT_RECORD_FILE_NAME);

	if (ask(editor, "arguments: ")) {
		text_copy(record->command_line, BOOT_RECORD_FILE_NAME, sizeof record->command_line);
		text_copy(record->command_line + name_length, editor->line, sizeof record->command_line - name_length);
		print("petri: partition 1 start %u, sectors %u, type 0x7f, active\n", PARTITION_FIRST,
		      installation->disk.sectors - PARTITION_FIRST);
		if (ask(editor, "install? [y/n] ") && (text_equal(editor->line, "y") || text_equal(editor->line, "yes")))
			return true;
	}
	print("petri: not installed, nothing was written\n");
	return false;
}

/* The checksum of the copy as the disk holds it. */
static bool sum_copy(uint32_t bytes, uint8_t *sector, uint32_t *crc)
{
	*crc = 0;
	for (uint32_t at = 0; at < bytes; at += SECTOR_BYTES) {
		if (!disk_move(DISK_READ, COPY_FIRST + at / SECTOR_BYTES, 1, sector))
			return false;
		*crc = crc32(*crc, sector, bytes - at < SECTOR_BYTES ? bytes - at : SECTOR_BYTES);
	}
	return true;
}

static bool copy_kernel(struct installation *installation)
{
	uint32_t bytes = installation->disk.kernel_bytes;
	struct boot_record *record = &installation->record;
	uint32_t crc = 0;
	uint32_t found;

	for (uint32_t at = 0; at < bytes; at += SECTOR_BYTES) {
		if (!disk_move(DISK_KERNEL_FILE, at / SECTOR_BYTES, 1, installation->sector) ||
		    !disk_move(DISK_WRITE, COPY_FIRST + at / SECTOR_BYTES, 1, installation->sector))
			return false;
		crc = crc32(crc, installation->sector, bytes - at < SECTOR_BYTES ? bytes - at : SECTOR_BYTES);
	}
	print("petri: copied %u bytes, crc32 %x\n", bytes, crc);
	if (!disk_settle() || !sum_copy(bytes, installation->read_back, &found))
		return false;
	if (found != crc) {
		print("petri: the copy is damaged: crc32 %x\n", found);
		return false;
	}
	print("petri: verified %u bytes, crc32 %x\n", bytes, found);
	record->bytes = bytes;
	record->crc32 = crc;
	return true;
}

/* Writes one sector and reads it back. */
static bool put_sector(struct installation *installation, uint32_t number)
{
	if (!disk_move(DISK_WRITE, number, 1, installation->sector) || !disk_settle() ||
	    !disk_move(DISK_READ, number, 1, installation->read_back))
		return false;
	if (same(installation->sector, installation->read_back, SECTOR_BYTES))
		return true;
	print("petri: sector %u does not hold what was written\n", number);
	return false;
}

/* Fills the sector with the next piece of some code, and zeros behind its end. */
static void take_piece(uint8_t *sector, const uint8_t *at, const uint8_t *end)
{
	uint32_t length = at < end ? (uint32_t)(end - at) : 0;

	memset(sector, 0, SECTOR_BYTES);
	memcpy(sector, at, length < SECTOR_BYTES ? length : SECTOR_BYTES);
}

static bool write_loader(struct installation *installation)
{
	struct boot_record *record = &installation->record;

	memcpy(record->magic, BOOT_RECORD_MAGIC, sizeof record->magic);
	record->sector_bytes = SECTOR_BYTES;
	record->first = COPY_FIRST;
	for (uint32_t at = 0; at < LOADER_SECTORS; at++) {
		take_piece(installation->sector, boot_code_loader + at * SECTOR_BYTES, boot_code_loader_end);
		if (at == 0)
			memcpy(installation->sector + BOOT_RECORD_OFFSET, record, sizeof *record);
		if (!put_sector(installation, PARTITION_FIRST + at))
			return false;
	}
	print("petri: loader written, %u bytes\n", (uint32_t)(boot_code_loader_end - boot_code_loader));
	return true;
}

/*
 * Last, so that the disk boots only when all else is there. The places in cylinders, heads and sectors are those that
 * say "look at the address".
 */
static bool write_partition_table(struct installation *installation)
{
	uint8_t *entry = installation->sector + PARTITION_TABLE;

	take_piece(installation->sector, boot_code_mbr, boot_code_mbr_end);
	memset(entry, 0, 4 * 16);
	entry[0] = PARTITION_ACTIVE;
	entry[1] = entry[5] = 0xfe;
	entry[2] = entry[3] = entry[6] = entry[7] = 0xff;
	entry[4] = PARTITION_TYPE;
	put32(entry + 8, PARTITION_FIRST);
	put32(entry + 12, installation->disk.sectors - PARTITION_FIRST);
	installation->sector[510] = 0x55;
	installation->sector[511] = 0xaa;
	if (!put_sector(installation, 0))
		return false;
	print("petri: partition table written\n");
	return true;
}

bool install_command(struct editor *editor, const char *rest)
{
	struct installation installation;

	if (*rest)
		return false;
	memset(&installation.record, 0, sizeof installation.record);
	installation.editor = editor;
	if (find_disk(&installation) && look_at_disk(&installation) && agree(&installation) &&
	    copy_kernel(&installation) && write_loader(&installation) && write_partition_table(&installation))
		print("petri: installed\n");
	return true;
}

static bool read_record(uint8_t *sector, struct boot_record *record)
{
	struct disk disk;

	if (!disk_find(&disk) || !disk_move(DISK_READ, PARTITION_FIRST, 1, sector))
		return false;
	memcpy(record, sector + BOOT_RECORD_OFFSET, sizeof *record);
	if (same((const uint8_t *)record->magic, (const uint8_t *)BOOT_RECORD_MAGIC, sizeof record->magic))
		return true;
	print("petri: nothing is installed on this disk\n");
	return false;
}

void install_check(void)
{
	uint8_t sector[SECTOR_BYTES];
	struct boot_record record;
	uint32_t crc;

	if (read_record(sector, &record) && sum_copy(record.bytes, sector, &crc))
		print("copy bytes=%u crc32=%x recorded=%x %s\n", record.bytes, crc, record.crc32,
		      crc == record.crc32 ? "intact" : "damaged");
}
