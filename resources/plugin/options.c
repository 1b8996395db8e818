/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options options = {
	.cap_bytes = 2000000000,
	.window_open = true,
	.model = { .every = 1, .high = UINT64_MAX, .step = 1000000 },
};

static const struct {
	const char *name;
	uint32_t bit;
} event_names[] = {
	{ "call", EVENT_CALL },       { "return", EVENT_RETURN },   { "fault", EVENT_FAULT },
	{ "space", EVENT_SPACE },     { "interrupt", EVENT_INTERRUPT }, { "symbol", EVENT_SYMBOL },
	{ "profile", EVENT_PROFILE }, { "model", EVENT_MODEL },     { "instructions", EVENT_INSTRUCTIONS },
};

static bool refuse(const char *key, const char *value)
{
	fprintf(stderr, "petri plugin: cannot use %s=%s\n", key, value);
	return false;
}

/* A whole word as a number. */
static bool number(const char *word, int base, uint64_t *value)
{
	char *end;

	*value = strtoull(word, &end, base);
	return *word != '\0' && *end == '\0';
}

static bool event(const char *word, size_t length)
{
	for (size_t at = 0; at < sizeof event_names / sizeof *event_names; at++) {
		if (strlen(event_names[at].name) == length && !strncmp(event_names[at].name, word, length)) {
			options.events |= event_names[at].bit;
			return true;
		}
	}
	return false;
}

static bool events(const char *list)
{
	while (*list != '\0') {
		size_t length = strcspn(list, "+");

		if (!event(list, length))
			return false;
		list += length + (list[length] == '+');
	}
	return true;
}

static bool vectors(const char *list)
{
	while (*list != '\0') {
		char *end;
		unsigned long vector = strtoul(list, &end, 16);

		if (end == list || vector > 255 || (*end != '+' && *end != '\0'))
			return false;
		options.call_vectors[vector] = 1;
		list = end + (*end == '+');
	}
	return true;
}

static bool power_of_two(uint32_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

/* SETSxWAYSxLINE of a cache, SETSxWAYS of a TLB. */
static bool geometry(const char *word, struct geometry *shape, bool is_tlb)
{
	char rest;
	int read;

	shape->line = 4096;
	if (is_tlb)
		read = sscanf(word, "%ux%u%c", &shape->sets, &shape->ways, &rest) - 2;
	else
		read = sscanf(word, "%ux%ux%u%c", &shape->sets, &shape->ways, &shape->line, &rest) - 3;
	return read == 0 && power_of_two(shape->sets) && power_of_two(shape->line) && shape->ways > 0 && shape->ways <= 64 &&
	       shape->sets <= 1 << 20;
}

static bool range(const char *word, uint64_t *low, uint64_t *high)
{
	char *end;

	*low = strtoull(word, &end, 16);
	return *end == '-' && number(end + 1, 16, high) && *low < *high;
}

static bool messages(const char *word)
{
	if (!strcmp(word, "minix"))
		options.messages = MESSAGES_MINIX;
	else if (!strcmp(word, "minix2"))
		options.messages = MESSAGES_MINIX_2;
	else if (!strcmp(word, "mach"))
		options.messages = MESSAGES_MACH;
	else
		return !strcmp(word, "none");
	return true;
}

static bool switched(const char *word, bool *value)
{
	*value = !strcmp(word, "on");
	return *value || !strcmp(word, "off");
}

static bool model_option(const char *key, const char *value, bool *known)
{
	struct model_options *model = &options.model;
	uint64_t amount;

	*known = true;
	if (!strcmp(key, "l1d"))
		return geometry(value, &model->l1d, false);
	if (!strcmp(key, "l1i"))
		return geometry(value, &model->l1i, false);
	if (!strcmp(key, "llc"))
		return geometry(value, &model->llc, false);
	if (!strcmp(key, "dtlb"))
		return geometry(value, &model->dtlb, true);
	if (!strcmp(key, "itlb"))
		return geometry(value, &model->itlb, true);
	if (!strcmp(key, "stlb"))
		return geometry(value, &model->stlb, true);
	if (!strcmp(key, "modelData"))
		return range(value, &model->low, &model->high);
	if (!strcmp(key, "every")) {
		if (!number(value, 10, &amount) || !power_of_two((uint32_t)amount))
			return false;
		model->every = (uint32_t)amount;
		return true;
	}
	if (!strcmp(key, "modelStep")) {
		if (!number(value, 10, &amount) || amount == 0 || amount > UINT32_MAX)
			return false;
		model->step = (uint32_t)amount;
		return true;
	}
	*known = false;
	return false;
}

static bool option(const char *key, const char *value)
{
	bool known;
	bool taken = model_option(key, value, &known);

	if (known)
		return taken;
	if (!strcmp(key, "out"))
		return (options.out = value) != 0;
	if (!strcmp(key, "symbols"))
		return (options.symbols = value) != 0;
	if (!strcmp(key, "control"))
		return (options.control = value) != 0;
	if (!strcmp(key, "cap"))
		return number(value, 10, &options.cap_bytes);
	if (!strcmp(key, "events"))
		return events(value);
	if (!strcmp(key, "vectors"))
		return vectors(value);
	if (!strcmp(key, "messages"))
		return messages(value);
	if (!strcmp(key, "profileEvery"))
		return number(value, 10, &options.profile_every) && options.profile_every > 0;
	if (!strcmp(key, "faultHandler"))
		return number(value, 16, &options.fault_handler);
	if (!strcmp(key, "kernel"))
		return number(value, 16, &options.kernel);
	if (!strcmp(key, "exact"))
		return switched(value, &options.exact);
	if (!strcmp(key, "probe"))
		return switched(value, &options.probe);
	if (!strcmp(key, "window"))
		return (options.window_open = !strcmp(value, "open")) || !strcmp(value, "closed");
	return false;
}

bool options_parse(int argc, char **argv)
{
	for (int at = 0; at < argc; at++) {
		char *equals = strchr(argv[at], '=');

		if (equals == 0)
			return refuse(argv[at], "");
		*equals = '\0';
		if (!option(argv[at], equals + 1))
			return refuse(argv[at], equals + 1);
	}
	if (options.out == 0 && !options.probe) {
		fprintf(stderr, "petri plugin: no out=FILE\n");
		return false;
	}
	if (wanted(EVENT_PROFILE | EVENT_MODEL) || options.exact)
		options.events |= EVENT_INSTRUCTIONS;
	return true;
}
