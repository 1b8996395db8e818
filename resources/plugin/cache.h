/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set-associative memory that evicts what was not used for the longest time. */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define CACHE_EMPTY UINT64_MAX

/* Each set is kept in the order of use, the last used first. */
struct cache {
	uint32_t sets; /* 0: not modelled */
	uint32_t ways;
	unsigned shift; /* of an address, to a line */
	uint64_t *keys;
	uint64_t *values;
};

static inline bool cache_prepare(struct cache *cache, struct geometry shape)
{
	size_t entries = (size_t)shape.sets * shape.ways;

	cache->sets = shape.sets;
	cache->ways = shape.ways;
	cache->shift = shape.sets == 0 ? 0 : (unsigned)__builtin_ctz(shape.line);
	if (entries == 0)
		return true;
	cache->keys = malloc(entries * sizeof *cache->keys);
	cache->values = calloc(entries, sizeof *cache->values);
	if (cache->keys == 0 || cache->values == 0)
		return false;
	memset(cache->keys, 0xff, entries * sizeof *cache->keys);
	return true;
}

static inline void cache_empty(struct cache *cache)
{
	if (cache->sets != 0)
		memset(cache->keys, 0xff, (size_t)cache->sets * cache->ways * sizeof *cache->keys);
}

static inline void cache_put_first(struct cache *cache, size_t first, uint32_t way, uint64_t key, uint64_t value)
{
	for (; way > 0; way--) {
		cache->keys[first + way] = cache->keys[first + way - 1];
		cache->values[first + way] = cache->values[first + way - 1];
	}
	cache->keys[first] = key;
	cache->values[first] = value;
}

/* Looks a line up and makes it the last used one; answers whether it was there, and its value. */
static inline bool cache_find(struct cache *cache, uint64_t key, uint64_t *value)
{
	size_t first = (size_t)(key & (cache->sets - 1)) * cache->ways;

	for (uint32_t way = 0; way < cache->ways; way++) {
		if (cache->keys[first + way] != key)
			continue;
		*value = cache->values[first + way];
		if (way > 0)
			cache_put_first(cache, first, way, key, *value);
		return true;
	}
	return false;
}

/* Puts a line that was not there, in the place of the one that was not used for the longest time. */
static inline void cache_add(struct cache *cache, uint64_t key, uint64_t value)
{
	cache_put_first(cache, (size_t)(key & (cache->sets - 1)) * cache->ways, cache->ways - 1, key, value);
}

static inline void cache_drop(struct cache *cache, uint64_t key)
{
	size_t first = (size_t)(key & (cache->sets - 1)) * cache->ways;

	for (uint32_t way = 0; cache->sets != 0 && way < cache->ways; way++)
		if (cache->keys[first + way] == key)
			cache->keys[first + way] = CACHE_EMPTY;
}

#endif
