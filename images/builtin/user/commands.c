#include "commands.h"

#include <stdbool.h>

#include "bytes.h"
#include "disk.h"
#include "install.h"
#include "loads.h"
#include "output.h"
#include "pieces.h"
#include "snapshot.h"

struct command {
	const char *name, *arguments, *meaning;
	/* `rest` is what follows the name; false when it does not fit `arguments` */
	bool (*run)(struct editor *editor, const char *rest);
};

static void run_load(struct editor *editor, int32_t type, uint32_t amount, uint32_t parameter)
{
	struct message message = { .type = type };
	struct counters counters;

	message.words[0] = amount;
	message.words[1] = parameter;
	message.words[2] = editor->cancellations;
	ipc_sendrec(CLIENT, &message);
	memcpy(&counters, message.words, sizeof counters);
	if (type == LOAD_FLOOD)
		print("\nflood bytes=%u\n", message.words[COUNTER_WORDS]);
	if (type == LOAD_STORE || type == LOAD_CODE)
		print("%s bytes=%u turns=%u buffer=%x length=%u\n", type == LOAD_STORE ? "store" : "code", parameter,
		      message.words[COUNTER_WORDS], STRIDE_BUFFER, type == LOAD_STORE ? STRIDE_BUFFER_BYTES : CODE_BYTES);
	if (type == LOAD_STRIDE)
		print("stride bytes=%u loads=%u buffer=%x physical=%x length=%u\n", parameter,
		      message.words[COUNTER_WORDS], STRIDE_BUFFER, kernel_information->stride_physical,
		      STRIDE_BUFFER_BYTES);
	if (type == LOAD_INSTRUCTIONS)
		print("instructions turns=%u counted=%u\n", amount, COUNTED_INSTRUCTIONS(amount));
	if (message.words[COUNTER_WORDS + 1]) {
		editor_discard(editor);
		print("cancelled after %u of %u\n", message.words[COUNTER_WORDS], amount);
	}
	snapshot_print(&counters, "load");
}

static bool run_counted(struct editor *editor, int32_t type, const char *rest)
{
	uint32_t amount;

	if (!number_parse(&rest, 0, &amount))
		return false;
	run_load(editor, type, amount, 0);
	return true;
}

static int find_entry(const char *name)
{
	int entry = 0;

	while (entry < ENTRY_COUNT && !text_equal(entry_ways[entry].name, name))
		entry++;
	return entry;
}

static bool run_calls(struct editor *editor, const char *rest)
{
	uint32_t amount;
	int entry = ENTRY_COUNT;

	if (!number_parse(&rest, 0, &amount))
		return false;
	while (*rest == ' ')
		rest++;
	if (*rest) {
		entry = find_entry(rest);
		if (entry == ENTRY_COUNT)
			return false;
		if (!(kernel_information->available >> entry & 1)) {
			print("petri: entry %s is not available on this CPU\n", rest);
			return true;
		}
	}
	run_load(editor, LOAD_CALLS, amount, (uint32_t)entry);
	return true;
}

static struct fault_kinds fault_kinds_now(void)
{
	const volatile struct fault_kinds *now = &kernel_information->fault_kinds;

	return (struct fault_kinds){ now->reads, now->writes, now->executes, now->protections };
}

/* Faults of one kind, and what the handler said of each. */
static bool run_fault_kind(struct editor *editor, uint32_t amount, const char *name)
{
	static const char *const names[FAULT_KINDS] = { [FAULT_WRITE] = "write", [FAULT_READ] = "read", [FAULT_EXECUTE] = "execute", [FAULT_PROTECTION] = "protection" };
	struct fault_kinds before = fault_kinds_now(), after;
	uint32_t kind = 0;

	while (kind < FAULT_KINDS && !text_equal(names[kind], name))
		kind++;
	if (kind == FAULT_KINDS)
		return false;
	run_load(editor, LOAD_FAULTS, amount, kind);
	after = fault_kinds_now();
	print("kinds read=%u write=%u execute=%u protection=%u\n", after.reads - before.reads, after.writes - before.writes,
	      after.executes - before.executes, after.protections - before.protections);
	return true;
}

static bool run_faults(struct editor *editor, const char *rest)
{
	uint32_t amount;

	if (!number_parse(&rest, 0, &amount))
		return false;
	while (*rest == ' ')
		rest++;
	if (*rest)
		return run_fault_kind(editor, amount, rest);
	run_load(editor, LOAD_FAULTS, amount, FAULT_WRITE);
	return true;
}

static bool run_switches(struct editor *editor, const char *rest)
{
	return run_counted(editor, LOAD_SWITCHES, rest);
}

static bool run_ipc(struct editor *editor, const char *rest)
{
	return run_counted(editor, LOAD_IPC, rest);
}

static bool run_flood(struct editor *editor, const char *rest)
{
	return run_counted(editor, LOAD_FLOOD, rest);
}

static bool run_wait(struct editor *editor, const char *rest)
{
	return run_counted(editor, LOAD_WAIT, rest);
}

static bool run_walk(struct editor *editor, int32_t type, const char *rest)
{
	uint32_t stride, turns;

	if (!number_parse(&rest, ' ', &stride) || !number_parse(&rest, 0, &turns))
		return false;
	if (type == LOAD_CODE && (stride < PIECE_BYTES || stride % PIECE_BYTES || CODE_BYTES % stride || !turns))
		return false;
	run_load(editor, type, turns, stride);
	return true;
}

static bool run_stride(struct editor *editor, const char *rest)
{
	return run_walk(editor, LOAD_STRIDE, rest);
}

static bool run_store(struct editor *editor, const char *rest)
{
	return run_walk(editor, LOAD_STORE, rest);
}

static bool run_code(struct editor *editor, const char *rest)
{
	return run_walk(editor, LOAD_CODE, rest);
}

static bool run_instructions(struct editor *editor, const char *rest)
{
	uint32_t turns;

	if (!number_parse(&rest, 0, &turns) || !turns || turns > MOST_COUNTED_TURNS)
		return false;
	run_load(editor, LOAD_INSTRUCTIONS, turns, 0);
	return true;
}

static bool run_counts(struct editor *editor, const char *rest)
{
	struct counters counters;

	(void)editor;
	if (*rest)
		return false;
	snapshot_take(&counters);
	snapshot_print(&counters, "boot");
	return true;
}

static const char *state_name(uint32_t flags)
{
	if (!flags)
		return "ready";
	if (flags & 0x04)
		return "sending";
	return flags & 0x08 ? "receiving" : "stopped";
}

static bool run_ps(struct editor *editor, const char *rest)
{
	struct process_row rows[8];
	struct message message = { .type = SYS_GETINFO };

	(void)editor;
	if (*rest)
		return false;
	message.information.request = GET_PROCTAB;
	message.information.address = (uint32_t)(uintptr_t)rows;
	message.information.length = sizeof rows;
	system_call(&message);
	print("number name      state         ticks   switches\n");
	for (int32_t at = 0; at < message.type; at++)
		print("%6u %9s %9s %9u %10u\n", (uint32_t)rows[at].number, rows[at].name, state_name(rows[at].flags),
		      rows[at].ticks, rows[at].switches);
	return true;
}

static bool run_abort(const char *rest, uint32_t how)
{
	struct message message = { .type = SYS_ABORT };

	if (*rest)
		return false;
	message.words[0] = how;
	system_call(&message);
	print("petri: this machine has no power switch\n");
	return true;
}

static bool run_halt(struct editor *editor, const char *rest)
{
	(void)editor;
	return run_abort(rest, ABORT_POWER_OFF);
}

static bool run_reboot(struct editor *editor, const char *rest)
{
	(void)editor;
	return run_abort(rest, ABORT_RESET);
}

static bool run_help(struct editor *editor, const char *rest);

static const struct command commands[] = {
	{ "help", "", "this list", run_help },
	{ "ps", "", "the process table", run_ps },
	{ "calls", " N [ENTRY]", "N calls, by every entry in turn or by one", run_calls },
	{ "faults", " N [KIND]", "N demand-zero page faults: write, read, execute, protection", run_faults },
	{ "switches", " N", "N address-space switches", run_switches },
	{ "ipc", " N", "N round trips between two processes", run_ipc },
	{ "stride", " BYTES N", "N data loads, BYTES apart", run_stride },
	{ "store", " BYTES N", "N data stores, BYTES apart", run_store },
	{ "code", " BYTES N", "N pieces of code, BYTES apart", run_code },
	{ "wait", " MS", "milliseconds on a hardware timer", run_wait },
	{ "instructions", " N", "4N+1 instructions from count_begin to count_end, N to 1000000", run_instructions },
	{ "flood", " BYTES", "prints that many bytes of a known pattern", run_flood },
	{ "counts", "", "all counters since the boot", run_counts },
	{ "disk", " [WORDS]", "the disk; read LBA, write LBA BYTE [COUNT], sum [LBA COUNT]", disk_command },
	{ "install", "", "installs this guest on the disk", install_command },
	{ "reboot", "", "starts again", run_reboot },
	{ "halt", "", "power off", run_halt },
};

#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static bool run_help(struct editor *editor, const char *rest)
{
	(void)editor;
	if (*rest)
		return false;
	for (const struct command *command = commands; command < commands + COMMAND_COUNT; command++)
		print("%12s%11s %s\n", command->name, command->arguments, command->meaning);
	print("entries:");
	for (int entry = 0; entry < ENTRY_COUNT; entry++)
		print(" %s%s", entry_ways[entry].name, kernel_information->available >> entry & 1 ? "" : " (not here)");
	print("\n");
	return true;
}

const char *after_name(const char *line, const char *name)
{
	while (*name && *line == *name)
		line++, name++;
	if (*name || (*line && *line != ' '))
		return 0;
	while (*line == ' ')
		line++;
	return line;
}

void command_run(struct editor *editor, const char *line)
{
	while (*line == ' ')
		line++;
	if (!*line)
		return;
	for (const struct command *command = commands; command < commands + COMMAND_COUNT; command++) {
		const char *rest = after_name(line, command->name);

		if (!rest)
			continue;
		if (!command->run(editor, rest))
			print("usage: %s%s\n", command->name, command->arguments);
		return;
	}
	print("petri: unknown command: %s\n", line);
}
