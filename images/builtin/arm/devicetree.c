#include "devicetree.h"

#include "board.h"
#include "bytes.h"
#include "machine.h"

#define TREE_MAGIC 0xd00dfeedu

/* The header and the tokens of the structure block; everything is big-endian. */
struct header {
	uint32_t magic, total_size, structure_offset, strings_offset;
};
enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOTHING = 4 };

#define RANGE_COUNT 4
#define COMMAND_LINE_BYTES 1024

const char machine_name[] = "arm";
const char machine_first_phase[] = "device_tree_detected";

/* In .data because the second phase clears the BSS; a copy because the tree's memory may be given out later. */
static __attribute__((section(".data"))) struct {
	bool taken;
	bool psci_by_smc;
	char command_line[COMMAND_LINE_BYTES];
	struct {
		uint64_t base, length;
	} ranges[RANGE_COUNT];
	uint32_t range_count;
} record = { .taken = false };

static const struct header *tree(void)
{
	return (const struct header *)(uintptr_t)MEMORY;
}

static uint32_t big_endian(uint32_t word)
{
	return __builtin_bswap32(word);
}

/* Two cells: the `virt` board's #address-cells and #size-cells are 2. */
static uint64_t two_cells(const uint32_t *cells)
{
	return (uint64_t)big_endian(cells[0]) << 32 | big_endian(cells[1]);
}

static bool has_prefix(const char *text, const char *prefix)
{
	while (*prefix && *text == *prefix)
		text++, prefix++;
	return !*prefix;
}

struct property {
	const char *node; /* "" for the root; with the unit address */
	uint32_t depth;   /* 1 for the root, 2 for its children */
	const char *name;
	const uint32_t *value;
	uint32_t length;
};

/* Calls `see` for every property, in the order of the tree. */
static void walk(void (*see)(const struct property *property, void *context), void *context)
{
	const uint32_t *token = (const uint32_t *)(uintptr_t)(MEMORY + big_endian(tree()->structure_offset));
	const char *strings = (const char *)(uintptr_t)(MEMORY + big_endian(tree()->strings_offset));
	struct property property = { .depth = 0 };

	for (;;) {
		switch (big_endian(*token++)) {
		case BEGIN_NODE:
			property.depth++;
			property.node = (const char *)token;
			token += text_length(property.node) / 4 + 1;
			break;
		case PROPERTY:
			property.length = big_endian(token[0]);
			property.name = strings + big_endian(token[1]);
			property.value = token + 2;
			token += 2 + (property.length + 3) / 4;
			see(&property, context);
			break;
		case END_NODE:
			property.depth--;
			property.node = "";
			break;
		case NOTHING:
			break;
		default:
			return;
		}
	}
}

/* Is it that property of a child of the root? */
static bool is(const struct property *property, const char *node, const char *name)
{
	return property->depth == 2 && has_prefix(property->node, node) && text_equal(property->name, name);
}

static void see_command_line(const struct property *property, void *context)
{
	if (is(property, "chosen", "bootargs"))
		*(const char **)context = (const char *)property->value;
}

const char *machine_command_line(void)
{
	const char *line = "";

	if (record.taken)
		return record.command_line;
	if (big_endian(tree()->magic) == TREE_MAGIC)
		walk(see_command_line, &line);
	return line;
}

static void see_machine(const struct property *property, void *context)
{
	(void)context;
	if (is(property, "memory", "reg") && property->length >= 16 && record.range_count < RANGE_COUNT) {
		record.ranges[record.range_count].base = two_cells(property->value);
		record.ranges[record.range_count].length = two_cells(property->value + 2);
		record.range_count++;
	} else if (is(property, "psci", "method")) {
		record.psci_by_smc = text_equal((const char *)property->value, "smc");
	}
}

void boot_protocol_work(void)
{
	if (big_endian(tree()->magic) != TREE_MAGIC)
		return;
	text_copy(record.command_line, machine_command_line(), sizeof record.command_line);
	walk(see_machine, 0);
	record.taken = true;
}

const char *boot_protocol_check(struct evidence *evidence)
{
	if (big_endian(tree()->magic) != TREE_MAGIC)
		return "there is no device tree at the start of the memory";
	if (!record.taken)
		return "the device tree was not read";
	if (!record.range_count)
		return "the device tree reports no memory";
	evidence_add(evidence, "address=%x magic=%x bytes=%u ranges=%u", MEMORY, big_endian(tree()->magic),
	             big_endian(tree()->total_size), record.range_count);
	return 0;
}

void machine_memory(void (*range)(uint64_t base, uint64_t length))
{
	for (uint32_t at = 0; at < record.range_count; at++)
		range(record.ranges[at].base, record.ranges[at].length);
}

bool device_tree_psci_by_smc(void)
{
	return record.psci_by_smc;
}
