/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "count.h"
#include "options.h"
#include "registers.h"
#include "totals.h"
#include "trace.h"
#include "vcpu.h"

#define PAGE_SHIFT 12
#define PAGE_MASK 0xfffu
#define STRIDE_LINE_BYTES 64 /* whatever the model's lines are, so that runs can be compared */
/* Translations that no modelled TLB keeps are kept here, so that the guest's tables are not walked for each reference. */
#define KNOWN_PAGES 1024
#define WORKING_SET_PAGES (1u << 21) /* 8 GiB; what lies above counts with a page below */

/* What one virtual CPU has for itself. */
struct core {
	struct cache l1d, l1i, dtlb, itlb, stlb;
	struct {
		uint64_t page, physical;
	} known[KNOWN_PAGES];
	uint64_t data_page, data_physical; /* of the reference before: the last used entry of the TLB */
	uint64_t code_page;
	struct model_counters counters; /* since the record before, where every=N; else since the begin */
	/* With every=N: how many references were really looked up. */
	uint64_t sampled_loads, sampled_stores, sampled_fetches;
};

/* An instruction that refers to memory. Blocks that share it share its strides. */
struct referrer {
	uint64_t address;
	uint64_t last;
	struct referrer *next;
};

/* The lines of a block, by physical address. */
struct fetch {
	uint64_t address;
	uint32_t lines;
	uint64_t physical[64];
	uint64_t page[64];
	struct fetch *next;
};

#define BUCKETS 65536
static struct core *cores[VCPUS];
static struct cache llc;
static pthread_mutex_t llc_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct referrer *referrers[BUCKETS];
static struct fetch *fetches[BUCKETS];
static uint32_t *touched; /* by page: the epoch in which it was touched last */
static uint32_t epoch = 1;
static struct model_counters before; /* with every=N: scaled, until the record before */
static uint64_t working_set;
static uint64_t first_step, step_end; /* in instructions: where the steps begin, and the end of the one that runs */
static unsigned fetch_shift = 6;

static bool prepare_core(unsigned vcpu)
{
	const struct model_options *model = &options.model;
	struct core *core = calloc(1, sizeof *core);

	cores[vcpu] = core;
	if (core == 0)
		return false;
	core->data_page = core->code_page = CACHE_EMPTY;
	memset(core->known, 0xff, sizeof core->known);
	return cache_prepare(&core->l1d, model->l1d) && cache_prepare(&core->l1i, model->l1i) &&
	       cache_prepare(&core->dtlb, model->dtlb) && cache_prepare(&core->itlb, model->itlb) &&
	       cache_prepare(&core->stlb, model->stlb);
}

bool model_prepare(void)
{
	if (!wanted(EVENT_MODEL))
		return true;
	touched = calloc(WORKING_SET_PAGES, sizeof *touched);
	if (touched == 0 || !cache_prepare(&llc, options.model.llc))
		return false;
	if (options.model.l1i.sets != 0)
		fetch_shift = (unsigned)__builtin_ctz(options.model.l1i.line);
	for (unsigned vcpu = 0; vcpu < vcpu_count; vcpu++)
		if (!prepare_core(vcpu))
			return false;
	step_end = options.model.step;
	return true;
}

void model_forget(unsigned vcpu)
{
	struct core *core = cores[vcpu];

	if (core == 0)
		return;
	cache_empty(&core->dtlb);
	cache_empty(&core->itlb);
	cache_empty(&core->stlb);
	memset(core->known, 0xff, sizeof core->known);
	core->data_page = core->code_page = CACHE_EMPTY;
}

void model_forget_page(unsigned vcpu, uint64_t address)
{
	struct core *core = cores[vcpu];
	uint64_t page = address >> PAGE_SHIFT;

	if (core == 0)
		return;
	cache_drop(&core->dtlb, page);
	cache_drop(&core->itlb, page);
	cache_drop(&core->stlb, page);
	core->known[page % KNOWN_PAGES].page = CACHE_EMPTY;
	core->data_page = core->code_page = CACHE_EMPTY;
}

static uint64_t translate(struct core *core, unsigned vcpu, uint64_t page)
{
	size_t at = page % KNOWN_PAGES;
	uint64_t physical;

	if (core->known[at].page == page)
		return core->known[at].physical;
	physical = page_physical(vcpu, page << PAGE_SHIFT);
	/* What has no physical address is told apart by its virtual one. */
	physical = physical == UINT64_MAX ? page | (uint64_t)1 << 51 : physical >> PAGE_SHIFT;
	core->known[at].page = page;
	core->known[at].physical = physical;
	return physical;
}

/* The second level; answers the physical page. */
static uint64_t find_second(struct core *core, unsigned vcpu, uint64_t page)
{
	uint64_t physical;

	if (core->stlb.sets == 0)
		return translate(core, vcpu, page);
	core->counters.stlb_references++;
	if (cache_find(&core->stlb, page, &physical))
		return physical;
	core->counters.stlb_misses++;
	physical = translate(core, vcpu, page);
	cache_add(&core->stlb, page, physical);
	return physical;
}

static void touch(uint64_t physical)
{
	uint32_t *page = &touched[physical % WORKING_SET_PAGES];

	if (*page == epoch)
		return;
	*page = epoch;
	__atomic_fetch_add(&working_set, 1, __ATOMIC_RELAXED);
}

/* The physical page of a data reference; counts it in the first-level TLB. */
static uint64_t find_data_page(struct core *core, unsigned vcpu, uint64_t page, bool is_store, bool counts)
{
	uint64_t physical;

	if (page == core->data_page)
		return core->data_physical;
	if (core->dtlb.sets == 0) {
		physical = translate(core, vcpu, page);
	} else if (!cache_find(&core->dtlb, page, &physical)) {
		if (counts)
			(*(is_store ? &core->counters.dtlb_store_misses : &core->counters.dtlb_load_misses))++;
		physical = find_second(core, vcpu, page);
		cache_add(&core->dtlb, page, physical);
	}
	touch(physical);
	core->data_page = page;
	core->data_physical = physical;
	return physical;
}

static void refer_last_level(struct core *core, uint64_t address)
{
	uint64_t unused;

	if (llc.sets == 0)
		return;
	core->counters.llc_references++;
	if (vcpu_count > 1)
		pthread_mutex_lock(&llc_lock);
	if (!cache_find(&llc, address >> llc.shift, &unused)) {
		core->counters.llc_misses++;
		cache_add(&llc, address >> llc.shift, 0);
	}
	if (vcpu_count > 1)
		pthread_mutex_unlock(&llc_lock);
}

/* One in so many lines of a page, spread evenly; all pages the same, so that a set is modelled wholly or not at all. */
static bool is_sampled(uint64_t address)
{
	uint32_t line = (uint32_t)(address & PAGE_MASK) >> fetch_shift;

	return options.model.every == 1 || ((line * 0x9e3779b1u >> 24) & (options.model.every - 1)) == 0;
}

/* Looks one line up; a miss goes on to the last level. */
static bool refer(struct core *core, struct cache *first, uint64_t address)
{
	uint64_t unused;

	if (first->sets == 0) {
		refer_last_level(core, address);
		return false;
	}
	if (cache_find(first, address >> first->shift, &unused))
		return true;
	cache_add(first, address >> first->shift, 0);
	refer_last_level(core, address);
	return false;
}

static void count_stride(struct core *core, struct referrer *referrer, uint64_t address)
{
	uint64_t distance = address > referrer->last ? address - referrer->last : referrer->last - address;
	bool is_first = referrer->last == CACHE_EMPTY;

	referrer->last = address;
	if (is_first)
		return;
	if (distance == 0)
		core->counters.stride_same++;
	else if (distance <= 8)
		core->counters.stride_word++;
	else if (distance < STRIDE_LINE_BYTES)
		core->counters.stride_line++;
	else if (distance <= 4096)
		core->counters.stride_page++;
	else
		core->counters.stride_far++;
}

/* A reference that crosses a line needs both; it misses when one of them does. */
static bool refer_data(struct core *core, unsigned vcpu, uint64_t address, uint64_t physical, unsigned bytes, bool is_store)
{
	uint64_t last = address + bytes - 1;
	bool hit = refer(core, &core->l1d, physical << PAGE_SHIFT | (address & PAGE_MASK));

	if (core->l1d.sets == 0 || address >> core->l1d.shift == last >> core->l1d.shift)
		return hit;
	if (last >> PAGE_SHIFT != address >> PAGE_SHIFT)
		physical = find_data_page(core, vcpu, last >> PAGE_SHIFT, is_store, false);
	return refer(core, &core->l1d, physical << PAGE_SHIFT | (last & PAGE_MASK)) && hit;
}

static void on_data(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data)
{
	struct core *core = cores[vcpu];
	bool is_store = qemu_plugin_mem_is_store(info);
	bool counts = address >= options.model.low && address < options.model.high;
	struct model_counters *counters = &core->counters;
	uint64_t physical;
	bool hit;

	if (counts) {
		(*(is_store ? &counters->dtlb_stores : &counters->dtlb_loads))++;
		(*(is_store ? &counters->l1d_stores : &counters->l1d_loads))++;
		count_stride(core, data, address);
	}
	if (!is_sampled(address))
		return;
	physical = find_data_page(core, vcpu, address >> PAGE_SHIFT, is_store, counts);
	hit = refer_data(core, vcpu, address, physical, 1u << qemu_plugin_mem_size_shift(info), is_store);
	if (!counts)
		return;
	(*(is_store ? &core->sampled_stores : &core->sampled_loads))++;
	if (!hit)
		(*(is_store ? &counters->l1d_store_misses : &counters->l1d_load_misses))++;
}

static void find_code_page(struct core *core, unsigned vcpu, uint64_t page, uint64_t physical)
{
	uint64_t unused;

	if (page == core->code_page)
		return;
	core->code_page = page;
	touch(physical);
	if (core->itlb.sets == 0 || cache_find(&core->itlb, page, &unused))
		return;
	core->counters.itlb_misses++;
	cache_add(&core->itlb, page, find_second(core, vcpu, page));
}

/*
 * Whether the step ended before this block, and the next one begins. Steps lie end to end from the window's begin on; a block belongs
 * to the one in which it begins. Of several virtual CPUs one ends it.
 */
static bool step_is_over(void)
{
	uint64_t end = __atomic_load_n(&step_end, __ATOMIC_RELAXED);
	uint64_t now = count_before(0);

	return now >= end && __atomic_compare_exchange_n(&step_end, &end, now + options.model.step - (now - first_step) % options.model.step,
	                                                 false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static void on_fetch(unsigned vcpu, void *data)
{
	struct core *core = cores[vcpu];
	const struct fetch *fetch = data;

	if (step_is_over())
		model_append(vcpu);
	for (uint32_t line = 0; line < fetch->lines; line++) {
		core->counters.l1i_references++;
		core->counters.itlb_references++;
		if (!is_sampled(fetch->physical[line]))
			continue;
		find_code_page(core, vcpu, fetch->page[line], fetch->physical[line] >> PAGE_SHIFT);
		core->sampled_fetches++;
		if (!refer(core, &core->l1i, fetch->physical[line]))
			core->counters.l1i_misses++;
	}
}

static size_t bucket_of(uint64_t address)
{
	return (size_t)(address * 0x9e3779b97f4a7c15u >> 48) % BUCKETS;
}

static struct referrer *referrer_of(uint64_t address)
{
	struct referrer **head = &referrers[bucket_of(address)];
	struct referrer *referrer = *head;

	while (referrer != 0 && referrer->address != address)
		referrer = referrer->next;
	if (referrer != 0)
		return referrer;
	referrer = malloc(sizeof *referrer);
	if (referrer == 0)
		abort();
	*referrer = (struct referrer){ .address = address, .last = CACHE_EMPTY, .next = *head };
	return *head = referrer;
}

/* Which lines a block has. */
static void list_lines(struct fetch *fetch, struct qemu_plugin_tb *block, size_t instructions)
{
	uint64_t before = CACHE_EMPTY;

	for (size_t at = 0; at < instructions; at++) {
		struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, at);
		uint64_t first = qemu_plugin_insn_vaddr(instruction);
		uint64_t last = first + qemu_plugin_insn_size(instruction) - 1;

		for (uint64_t line = first >> fetch_shift; line <= last >> fetch_shift && fetch->lines < 64; line++) {
			uint64_t address = line << fetch_shift;
			uint64_t physical;

			if (line == before)
				continue;
			before = line;
			physical = page_physical(0, address & ~(uint64_t)PAGE_MASK);
			fetch->page[fetch->lines] = address >> PAGE_SHIFT;
			fetch->physical[fetch->lines++] =
				physical == UINT64_MAX ? address : (physical & ~(uint64_t)PAGE_MASK) | (address & PAGE_MASK);
		}
	}
}

static bool same_lines(const struct fetch *one, const struct fetch *other)
{
	return one->address == other->address && one->lines == other->lines &&
	       !memcmp(one->physical, other->physical, one->lines * sizeof one->physical[0]);
}

static struct fetch *fetch_of(const struct fetch *wanted)
{
	struct fetch **head = &fetches[bucket_of(wanted->address)];
	struct fetch *fetch = *head;

	while (fetch != 0 && !same_lines(fetch, wanted))
		fetch = fetch->next;
	if (fetch != 0)
		return fetch;
	fetch = malloc(sizeof *fetch);
	if (fetch == 0)
		abort();
	*fetch = *wanted;
	fetch->next = *head;
	return *head = fetch;
}

void model_block(struct qemu_plugin_tb *block, size_t instructions)
{
	struct fetch lines = { .address = qemu_plugin_tb_vaddr(block) };

	if (!wanted(EVENT_MODEL))
		return;
	list_lines(&lines, block, instructions);
	pthread_mutex_lock(&table_lock);
	qemu_plugin_register_vcpu_tb_exec_cb(block, on_fetch, QEMU_PLUGIN_CB_NO_REGS, fetch_of(&lines));
	for (size_t at = 0; at < instructions; at++) {
		struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, at);

		qemu_plugin_register_vcpu_mem_cb(instruction, on_data, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
		                                 referrer_of(qemu_plugin_insn_vaddr(instruction)));
	}
	pthread_mutex_unlock(&table_lock);
}

static void add_counters(struct model_counters *sum, const struct model_counters *more)
{
	const uint64_t *from = (const uint64_t *)more;
	uint64_t *to = (uint64_t *)sum;

	for (size_t at = 0; at < sizeof *sum / sizeof *to; at++)
		to[at] += from[at];
}

/* What a part of the references missed, for all of them. */
static uint64_t scaled(uint64_t misses, uint64_t references, uint64_t sampled)
{
	return sampled == 0 ? 0 : (uint64_t)((double)misses * (double)references / (double)sampled + 0.5);
}

static void scale(struct model_counters *counters, const struct core *core)
{
	counters->l1d_load_misses = scaled(counters->l1d_load_misses, counters->l1d_loads, core->sampled_loads);
	counters->l1d_store_misses = scaled(counters->l1d_store_misses, counters->l1d_stores, core->sampled_stores);
	counters->dtlb_load_misses = scaled(counters->dtlb_load_misses, counters->dtlb_loads, core->sampled_loads);
	counters->dtlb_store_misses = scaled(counters->dtlb_store_misses, counters->dtlb_stores, core->sampled_stores);
	counters->l1i_misses = scaled(counters->l1i_misses, counters->l1i_references, core->sampled_fetches);
	counters->itlb_misses = scaled(counters->itlb_misses, counters->itlb_references, core->sampled_fetches);
	counters->llc_references *= options.model.every;
	counters->llc_misses *= options.model.every;
	counters->stlb_references *= options.model.every;
	counters->stlb_misses *= options.model.every;
}

/*
 * What was looked up since the record before stands for what was referred to since then: one rate for all times would carry what
 * a loop missed into the next one.
 */
static struct model_counters sum_sampled(void)
{
	for (unsigned at = 0; at < vcpu_count; at++) {
		struct core *core = cores[at];

		scale(&core->counters, core);
		add_counters(&before, &core->counters);
		memset(&core->counters, 0, sizeof core->counters);
		core->sampled_loads = core->sampled_stores = core->sampled_fetches = 0;
	}
	return before;
}

static struct model_counters sum(void)
{
	struct model_counters all = { 0 };

	for (unsigned at = 0; at < vcpu_count; at++)
		add_counters(&all, &cores[at]->counters);
	return all;
}

void model_begin(void)
{
	first_step = count_before(0);
	__atomic_store_n(&step_end, first_step + options.model.step, __ATOMIC_RELAXED);
	model_append(0);
}

/* A page that is still in use is touched again in the new step: the ways past `touch` are closed once. */
static void begin_step(void)
{
	epoch++;
	for (unsigned at = 0; at < vcpu_count; at++)
		cores[at]->data_page = cores[at]->code_page = CACHE_EMPTY;
}

void model_append(unsigned vcpu)
{
	struct model_record record;

	if (!wanted(EVENT_MODEL))
		return;
	record.counters = options.model.every > 1 ? sum_sampled() : sum();
	if (!window_is_open)
		return;
	record.counters.working_set_pages = __atomic_exchange_n(&working_set, 0, __ATOMIC_RELAXED);
	begin_step();
	trace_stamp(&record.record, vcpu, RECORD_MODEL, sizeof record, count_before(0));
	record.record.detail = options.model.step;
	trace_append(&record.record);
}
