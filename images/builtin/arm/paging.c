/* Short-descriptor translation tables (ARM ARM DDI 0406C, B3.5). */
#include "abi.h"
#include "board.h"
#include "bytes.h"
#include "information.h"
#include "machine.h"
#include "memory.h"

#define MAPPED_BYTES 0x1000000u /* the kernel maps the first 16 MiB of the memory at their own addresses */
#define MEBIBYTE 0x100000u
#define ROOT_ENTRIES 4096u
#define TABLE_ENTRIES 256u
#define ROOT_FRAMES 4u

/* First level (fig. B3-4) */
enum {
	TABLE = 0x1,
	SECTION_NORMAL = 0x2 | 1 << 2 | 1 << 3 | 1 << 12, /* write-back, write-allocate */
	SECTION_DEVICE = 0x2 | 1 << 2 | 1 << 4,           /* shareable device, never executed */
	SECTION_KERNEL_WRITES = 1 << 10,
	SECTION_NEVER_EXECUTED = 1 << 4
};

/* Second level (fig. B3-5); access rights as in table B3-8 */
enum {
	PAGE = 0x2,
	NEVER_EXECUTED = 0x1,
	NORMAL = 1 << 2 | 1 << 3 | 1 << 6,
	KERNEL_WRITES = 1 << 4,
	KERNEL_READS = 1 << 9 | 1 << 4,
	USER_WRITES = 3 << 4,
	USER_READS = 1 << 9 | 3 << 4,
	RIGHTS = 1 << 9 | 3 << 4
};

#define TABLE_WALK_CACHED (1u << 3 | 1u << 6) /* TTBR0: write-back, write-allocate */
#define CONTROL_MMU 0x0001u
#define CONTROL_CACHES 0x1004u

/* In a section of its own (see the linker script), which the start code does not clear. */
static uint32_t kernel_root[ROOT_ENTRIES] __attribute__((section(".bss.root"), aligned(0x4000)));
static uint32_t kernel_table[TABLE_ENTRIES] __attribute__((aligned(0x400))); /* of the MiB where the kernel is */

/* Where the parts of the kernel lie (arm/link.ld). */
extern const uint8_t text_start[], text_end[], user_start[], user_end[];

uint32_t machine_mapped_start(void)
{
	return MEMORY;
}

static bool within(uint32_t address, const uint8_t *start, const uint8_t *end)
{
	return address >= (uint32_t)(uintptr_t)start && address < (uint32_t)(uintptr_t)end;
}

static uint32_t rights(uint32_t address)
{
	if (within(address, text_start, text_end))
		return KERNEL_READS;
	if (within(address, user_start, user_end))
		return USER_READS;
	return KERNEL_WRITES | NEVER_EXECUTED;
}

static uint32_t read_control(void)
{
	uint32_t value;

	__asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(value)); /* SCTLR */
	return value;
}

static uint32_t read_root(void)
{
	uint32_t value;

	__asm__ volatile("mrc p15, 0, %0, c2, c0, 0" : "=r"(value)); /* TTBR0 */
	return value;
}

/* The walker must see what was written to a table. */
static void table_written(void)
{
	__asm__ volatile("dsb\n\tisb" ::: "memory");
}

static void forget_page(uint32_t address)
{
	__asm__ volatile("dsb\n\tmcr p15, 0, %0, c8, c7, 1\n\tdsb\n\tisb" ::"r"(address) : "memory"); /* TLBIMVA */
}

void address_space_load(uint32_t root)
{
	count(&information.counters.switches, DROPS_SWITCH);
	__asm__ volatile("dsb\n\t"
	                 "mcr p15, 0, %0, c2, c0, 0\n\t" /* TTBR0 */
	                 "isb\n\t"
	                 "mcr p15, 0, %1, c8, c7, 0\n\t" /* TLBIALL */
	                 "dsb\n\t"
	                 "isb" ::"r"(root | TABLE_WALK_CACHED),
	                 "r"(0)
	                 : "memory");
}

static void fill_kernel_root(void)
{
	uint32_t kernel = (uint32_t)(uintptr_t)text_start & ~(MEBIBYTE - 1);

	memset(kernel_root, 0, sizeof kernel_root);
	for (uint32_t base = MEMORY; base < MEMORY + MAPPED_BYTES; base += MEBIBYTE)
		kernel_root[base / MEBIBYTE] = base | SECTION_NORMAL | SECTION_KERNEL_WRITES | SECTION_NEVER_EXECUTED;
	kernel_root[GIC_DISTRIBUTOR / MEBIBYTE] = GIC_DISTRIBUTOR | SECTION_DEVICE | SECTION_KERNEL_WRITES;
	kernel_root[UART / MEBIBYTE] = UART | SECTION_DEVICE | SECTION_KERNEL_WRITES;
	for (uint32_t page = 0; page < TABLE_ENTRIES; page++)
		kernel_table[page] = (kernel + page * PAGE_BYTES) | PAGE | NORMAL | rights(kernel + page * PAGE_BYTES);
	kernel_root[kernel / MEBIBYTE] = (uint32_t)(uintptr_t)kernel_table | TABLE;
}

void pre_init_work(void)
{
	fill_kernel_root();
	__asm__ volatile("mcr p15, 0, %0, c3, c0, 0" ::"r"(1)); /* DACR: domain 0 obeys the rights */
	__asm__ volatile("mcr p15, 0, %0, c2, c0, 2" ::"r"(0)); /* TTBCR: TTBR0 for all addresses */
	address_space_load((uint32_t)(uintptr_t)kernel_root);
	__asm__ volatile("mcr p15, 0, %0, c1, c0, 0\n\tisb" ::"r"(read_control() | CONTROL_MMU | CONTROL_CACHES)
	                 : "memory");
}

/* Lets an address show another frame for a moment: only a CPU that walks these tables reads the frame there. */
static bool walks_tables(void)
{
	uint32_t page = TABLE_ENTRIES - 1;
	uint32_t address = ((uint32_t)(uintptr_t)text_start & ~(MEBIBYTE - 1)) + page * PAGE_BYTES;
	uint32_t shown = (uint32_t)(uintptr_t)text_start & ~(PAGE_BYTES - 1);
	uint32_t before = kernel_table[page];
	bool same;

	kernel_table[page] = shown | PAGE | NORMAL | KERNEL_READS | NEVER_EXECUTED;
	forget_page(address);
	same = *(volatile uint32_t *)(uintptr_t)address == *(volatile uint32_t *)(uintptr_t)shown;
	kernel_table[page] = before;
	forget_page(address);
	return same;
}

const char *pre_init_check(struct evidence *evidence)
{
	uint32_t control = read_control();
	uint32_t root = read_root();

	if (!(control & CONTROL_MMU))
		return "the MMU is off in SCTLR";
	if ((root & ~0x3fffu) != (uint32_t)(uintptr_t)kernel_root)
		return "TTBR0 does not name the kernel's table";
	if (!walks_tables())
		return "an address does not show the frame that its page names";
	evidence_add(evidence, "sctlr=%x ttbr0=%x mapped_kib=%u", control, root, MAPPED_BYTES / 1024);
	return 0;
}

/* A root table that shares the kernel's part. */
uint32_t address_space_create(void)
{
	uint32_t root = memory_allocate(ROOT_FRAMES);

	memcpy((void *)(uintptr_t)root, kernel_root, sizeof kernel_root);
	table_written();
	return root;
}

/* The table entry of an address, 0 when its table is not there. */
static uint32_t *entry_of(uint32_t root, uint32_t address)
{
	uint32_t root_entry = ((uint32_t *)(uintptr_t)root)[address / MEBIBYTE];

	if ((root_entry & 0x3) != TABLE)
		return 0;
	return (uint32_t *)(uintptr_t)(root_entry & ~0x3ffu) + address / PAGE_BYTES % TABLE_ENTRIES;
}

#define RETURN 0xe12fff1eu /* bx lr */
#define LEAST_LINE 32u

/* Cleans the data cache to where instructions are fetched, and forgets those that were (ARM ARM DDI 0406C, B2.2.5). */
void machine_fill_returns(uint32_t frame)
{
	for (uint32_t at = frame; at < frame + PAGE_BYTES; at += sizeof(uint32_t))
		*(volatile uint32_t *)(uintptr_t)at = RETURN;
	for (uint32_t at = frame; at < frame + PAGE_BYTES; at += LEAST_LINE)
		__asm__ volatile("mcr p15, 0, %0, c7, c11, 1" ::"r"(at) : "memory"); /* DCCMVAU */
	__asm__ volatile("dsb\n\tmcr p15, 0, %0, c7, c5, 0\n\tdsb\n\tisb" ::"r"(0) : "memory"); /* ICIALLU */
}

/* A second-level table is a quarter of a frame; it gets a whole one. */
void address_space_map(uint32_t root, uint32_t address, uint32_t frame, uint32_t rights)
{
	uint32_t *root_entry = &((uint32_t *)(uintptr_t)root)[address / MEBIBYTE];

	if (!*root_entry)
		*root_entry = memory_allocate(1) | TABLE;
	*entry_of(root, address) = frame | PAGE | NORMAL | (rights & MAP_EXECUTABLE ? 0 : NEVER_EXECUTED) |
	                             (rights & MAP_WRITABLE ? USER_WRITES : USER_READS);
	table_written();
}

void address_space_unmap(uint32_t root, uint32_t address)
{
	*entry_of(root, address) = 0;
	forget_page(address);
}

uint32_t address_space_translate(uint32_t root, uint32_t address, bool write)
{
	const uint32_t *entry = entry_of(root, address);
	uint32_t granted = entry ? *entry & RIGHTS : 0;

	if (!entry || !(*entry & PAGE))
		return 0;
	if (granted != USER_WRITES && (write || granted != USER_READS))
		return 0;
	return (*entry & ~(PAGE_BYTES - 1)) | address % PAGE_BYTES;
}
