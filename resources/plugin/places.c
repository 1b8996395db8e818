/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "places.h"

#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 65536

static struct place *places[BUCKETS];
static struct site *sites[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t bucket_of(uint64_t address)
{
	return (size_t)(address * 0x9e3779b97f4a7c15u >> 48) % BUCKETS;
}

/* The lists only grow, at their head, so they may be read while they do. */
struct place *place_find(uint64_t address)
{
	struct place *place = __atomic_load_n(&places[bucket_of(address)], __ATOMIC_ACQUIRE);

	while (place != 0 && place->address != address)
		place = place->next;
	return place;
}

struct place *place_mark(uint64_t address, uint32_t bits)
{
	struct place *place;

	pthread_mutex_lock(&lock);
	place = place_find(address);
	if (place == 0 && (place = calloc(1, sizeof *place)) != 0) {
		place->address = address;
		place->next = places[bucket_of(address)];
		__atomic_store_n(&places[bucket_of(address)], place, __ATOMIC_RELEASE);
	}
	if (place != 0)
		place->bits |= bits;
	pthread_mutex_unlock(&lock);
	if (place == 0)
		abort(); /* the host has no memory left; nothing that follows could be right */
	return place;
}

struct site *site_of(const struct site *wanted)
{
	struct site **head = &sites[bucket_of(wanted->address)];
	struct site *site;

	pthread_mutex_lock(&lock);
	for (site = *head; site != 0; site = site->next)
		if (site->address == wanted->address && site->behind == wanted->behind && site->meaning == wanted->meaning &&
		    site->vector == wanted->vector && site->next_address == wanted->next_address && site->about == wanted->about &&
		    site->source == wanted->source)
			break;
	if (site == 0 && (site = malloc(sizeof *site)) != 0) {
		*site = *wanted;
		site->next = *head;
		*head = site;
	}
	pthread_mutex_unlock(&lock);
	if (site == 0)
		abort();
	return site;
}
