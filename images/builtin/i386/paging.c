/* 32-bit paging with 4 KiB pages (SDM vol. 3, 4.3). */
#include "abi.h"
#include "bytes.h"
#include "information.h"
#include "machine.h"
#include "memory.h"

#define MAPPED_BYTES 0x1000000u /* the kernel maps the first 16 MiB at their own addresses */
#define TABLES (MAPPED_BYTES / 0x400000u)
#define ENTRIES 1024u

enum { PRESENT = 0x001, WRITABLE = 0x002, USER = 0x004 }; /* SDM vol. 3, table 4-6 */
#define CR0_PAGING 0x80000000u
#define CR0_WRITE_PROTECT 0x00010000u /* the kernel too obeys read-only pages */

static uint32_t kernel_directory[ENTRIES] __attribute__((aligned(PAGE_BYTES)));
static uint32_t kernel_tables[TABLES * ENTRIES] __attribute__((aligned(PAGE_BYTES)));

/* Where the parts of the kernel lie (i386/link.ld). */
extern const uint8_t text_start[], text_end[], user_start[], user_end[];

uint32_t machine_mapped_start(void)
{
	return 0;
}

static bool within(uint32_t address, const uint8_t *start, const uint8_t *end)
{
	return address >= (uint32_t)(uintptr_t)start && address < (uint32_t)(uintptr_t)end;
}

/* What a page of the kernel's map allows. Page 0 is absent, so that a null pointer is noticed. */
static uint32_t rights(uint32_t address)
{
	if (address == 0)
		return 0;
	if (within(address, text_start, text_end))
		return PRESENT;
	if (within(address, user_start, user_end))
		return PRESENT | USER;
	return PRESENT | WRITABLE;
}

static uint32_t read_cr0(void)
{
	uint32_t value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(value));
	return value;
}

static uint32_t read_cr3(void)
{
	uint32_t value;

	__asm__ volatile("mov %%cr3, %0" : "=r"(value));
	return value;
}

void address_space_load(uint32_t root)
{
	count(&information.counters.switches, DROPS_SWITCH);
	__asm__ volatile("mov %0, %%cr3" ::"r"(root) : "memory");
}

void pre_init_work(void)
{
	for (uint32_t page = 0; page < TABLES * ENTRIES; page++)
		kernel_tables[page] = page * PAGE_BYTES | rights(page * PAGE_BYTES);
	for (uint32_t table = 0; table < TABLES; table++)
		kernel_directory[table] =
			(uint32_t)(uintptr_t)&kernel_tables[table * ENTRIES] | PRESENT | WRITABLE | USER;
	address_space_load((uint32_t)(uintptr_t)kernel_directory);
	__asm__ volatile("mov %0, %%cr0" ::"r"(read_cr0() | CR0_PAGING | CR0_WRITE_PROTECT) : "memory");
}

/* Lets an address show another frame for a moment: only a CPU that walks these tables reads the frame there. */
static bool walks_tables(void)
{
	uint32_t address = MAPPED_BYTES - PAGE_BYTES;
	uint32_t *entry = &kernel_tables[address / PAGE_BYTES];
	uint32_t before = *entry;
	bool same;

	*entry = (uint32_t)(uintptr_t)kernel_directory | PRESENT;
	__asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
	same = *(volatile uint32_t *)(uintptr_t)address == kernel_directory[0];
	*entry = before;
	__asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
	return same;
}

const char *pre_init_check(struct evidence *evidence)
{
	uint32_t cr0 = read_cr0();
	uint32_t cr3 = read_cr3();

	if (!(cr0 & CR0_PAGING))
		return "paging is off in CR0";
	if (!(cr0 & CR0_WRITE_PROTECT))
		return "write protection is off in CR0";
	if (cr3 != (uint32_t)(uintptr_t)kernel_directory)
		return "CR3 does not name the kernel's page directory";
	if (!walks_tables())
		return "an address does not show the frame that its page names";
	evidence_add(evidence, "cr0=%x cr3=%x mapped_kib=%u", cr0, cr3, MAPPED_BYTES / 1024);
	return 0;
}

/* A directory that shares the kernel's tables. */
uint32_t address_space_create(void)
{
	uint32_t *directory = (uint32_t *)(uintptr_t)memory_allocate(1);

	memcpy(directory, kernel_directory, PAGE_BYTES);
	return (uint32_t)(uintptr_t)directory;
}

/* The table entry of an address, 0 when its table is not there. */
static uint32_t *entry_of(uint32_t root, uint32_t address)
{
	uint32_t directory_entry = ((uint32_t *)(uintptr_t)root)[address >> 22];

	if (!(directory_entry & PRESENT))
		return 0;
	return (uint32_t *)(uintptr_t)(directory_entry & ~(PAGE_BYTES - 1)) + (address >> 12) % ENTRIES;
}

#define RETURN 0xc3 /* RET (SDM vol. 2) */

void machine_fill_returns(uint32_t frame)
{
	memset((void *)(uintptr_t)frame, RETURN, PAGE_BYTES);
}

/* Without PAE every page that can be read can be executed. */
void address_space_map(uint32_t root, uint32_t address, uint32_t frame, uint32_t rights)
{
	uint32_t *directory_entry = &((uint32_t *)(uintptr_t)root)[address >> 22];

	if (!(*directory_entry & PRESENT))
		*directory_entry = memory_allocate(1) | PRESENT | WRITABLE | USER;
	*entry_of(root, address) = frame | PRESENT | USER | (rights & MAP_WRITABLE ? WRITABLE : 0);
}

void address_space_unmap(uint32_t root, uint32_t address)
{
	*entry_of(root, address) = 0;
	__asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

uint32_t address_space_translate(uint32_t root, uint32_t address, bool write)
{
	const uint32_t *entry = entry_of(root, address);
	uint32_t needed = PRESENT | USER | (write ? WRITABLE : 0);

	if (!entry || (*entry & needed) != needed)
		return 0;
	return (*entry & ~(PAGE_BYTES - 1)) | address % PAGE_BYTES;
}
