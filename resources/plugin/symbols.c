/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "options.h"
#include "places.h"
#include "registers.h"
#include "totals.h"
#include "trace.h"
#include "vcpu.h"

#define BUCKETS 4096

enum mode { MODE_FIRST, MODE_EVERY, MODE_BEGIN, MODE_STOP };

struct symbol {
	uint64_t address;
	uint32_t number;
	enum mode mode;
	uint64_t hits;
	struct symbol *next;
};

static struct symbol *symbols[BUCKETS];
static uint32_t count;

static struct symbol **bucket_of(uint64_t address)
{
	return &symbols[(address * 0x9e3779b97f4a7c15u >> 52) % BUCKETS];
}

static void append_name(const struct symbol *symbol, const char *name)
{
	struct name_record record;

	trace_stamp(&record.record, 0, RECORD_NAME, sizeof record, UINT64_MAX);
	record.record.detail = symbol->number;
	record.address = symbol->address;
	memset(record.name, 0, sizeof record.name);
	memcpy(record.name, name, strnlen(name, sizeof record.name - 1));
	trace_append(&record.record);
}

static bool mode_named(const char *name, enum mode *mode)
{
	static const char *const names[] = { "first", "every", "begin", "stop" };

	for (unsigned at = 0; at < 4; at++) {
		if (!strcmp(name, names[at])) {
			*mode = (enum mode)at;
			return true;
		}
	}
	return false;
}

bool symbol_add(const char *line)
{
	char name[256], mode[16] = "first";
	uint64_t address;
	struct symbol *symbol;
	enum mode meant;

	if (sscanf(line, "%" SCNx64 " %255s %15s", &address, name, mode) < 2 || !mode_named(mode, &meant))
		return false;
	symbol = calloc(1, sizeof *symbol);
	if (symbol == 0)
		return false;
	symbol->address = address;
	symbol->number = count++;
	symbol->mode = meant;
	append_name(symbol, name);
	symbol->next = *bucket_of(address);
	__atomic_store_n(bucket_of(address), symbol, __ATOMIC_RELEASE);
	return true;
}

bool symbols_read(void)
{
	char line[512];
	FILE *file;
	bool good = true;

	if (options.symbols == 0)
		return true;
	file = fopen(options.symbols, "re");
	if (file == 0) {
		fprintf(stderr, "petri plugin: cannot read %s\n", options.symbols);
		return false;
	}
	while (good && fgets(line, sizeof line, file) != 0)
		good = line[0] == '\n' || symbol_add(line);
	fclose(file);
	if (!good)
		fprintf(stderr, "petri plugin: not a symbol: %s\n", line);
	return good;
}

/*
 * Linux on x86 that moves itself (arch/x86/boot/compressed/kaslr.c) does it by whole steps, within the gigabyte that it was linked for,
 * and begins to run there in the first step of its code (.head.text), with paging on.
 */
#define STEP ((uint64_t)0x200000)
#define SPACE ((uint64_t)0x40000000)
/* With 32 bits the firmware lies at the end. */
#define SPACE_OF_32 ((uint64_t)0x38000000)
#define CR0_PAGING 0x80000000u

static bool has_moved;
static uint64_t distance;

static bool runs_in_kernel(uint64_t address)
{
	uint64_t space = architecture == ARCHITECTURE_X86_64 ? SPACE : SPACE_OF_32;

	return address - (options.kernel & ~(SPACE - 1)) < space && (register_read(vcpu_here(), REG_CR0) & CR0_PAGING) != 0;
}

void symbols_look(uint64_t address)
{
	struct moved_record record;

	if (options.kernel == 0 || __atomic_load_n(&has_moved, __ATOMIC_ACQUIRE) || !runs_in_kernel(address))
		return;
	distance = (address & ~(STEP - 1)) - (options.kernel & ~(STEP - 1));
	__atomic_store_n(&has_moved, true, __ATOMIC_RELEASE);
	trace_stamp(&record.record, vcpu_here(), RECORD_MOVED, sizeof record, count_before(0));
	record.distance = distance;
	trace_append(&record.record);
}

void *symbol_at(uint64_t running)
{
	uint64_t address = running - distance;
	struct symbol *symbol = __atomic_load_n(bucket_of(address), __ATOMIC_ACQUIRE);

	while (symbol != 0 && symbol->address != address)
		symbol = symbol->next;
	return symbol;
}

static void append_hit(unsigned vcpu, const struct symbol *symbol, uint64_t hits, size_t behind)
{
	struct symbol_record record;

	trace_stamp(&record.record, vcpu, RECORD_SYMBOL, sizeof record, count_before(behind));
	record.record.detail = symbol->number;
	record.hits = hits;
	trace_append(&record.record);
}

/* A window that symbols open contains the hit that opens it and the hit that closes it. */
void symbol_reached(unsigned vcpu, void *data)
{
	const struct site *site = data;
	struct symbol *symbol = site->about;
	uint64_t hits;

	if (symbol->mode == MODE_FIRST && symbol->hits > 0)
		return;
	hits = __atomic_add_fetch(&symbol->hits, 1, __ATOMIC_RELAXED);
	if (symbol->mode == MODE_BEGIN && !window_is_open)
		window_set(true);
	if (written(EVENT_SYMBOL))
		append_hit(vcpu, symbol, hits, site->behind);
	if (symbol->mode == MODE_STOP && window_is_open)
		window_set(false);
}
