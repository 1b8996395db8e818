/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api.h"
#include "options.h"

#define BUFFER_BYTES (1 << 20)
#define FLUSH_NS 100000000
/* Kept back of the cap for the cut and the totals. */
#define LAST_BYTES 1024

static struct {
	int file;
	uint64_t began_ns;
	pthread_mutex_t lock;
	pthread_cond_t filled;  /* the writing thread has something to do */
	pthread_cond_t written; /* a buffer is free again */
	uint8_t *filling, *writing;
	size_t fill;
	bool busy; /* `writing` is on its way to the disk */
	bool started;
	uint64_t bytes; /* of the file, with what is still in a buffer */
	uint64_t on_disk;
	uint64_t reserved; /* room that the disk has promised */
	uint64_t dropped;
	bool cut;
	int reason;
} trace = { .file = -1, .lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER,
	    .written = PTHREAD_COND_INITIALIZER };

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t trace_now(void)
{
	return clock_ns(CLOCK_MONOTONIC) - trace.began_ns;
}

void trace_stamp(struct record *record, unsigned vcpu, enum record_kind kind, uint16_t bytes, uint64_t instructions)
{
	record->kind = (uint8_t)kind;
	record->vcpu = (uint8_t)vcpu;
	record->bytes = bytes;
	record->detail = 0;
	record->at_ns = trace_now();
	record->instructions = instructions;
}

/*
 * Asks the disk for room ahead, so that a full disk is known before half a record is written. File systems that cannot promise
 * room are written to as they are.
 */
static int reserve(uint64_t until)
{
#ifdef __linux__
	uint64_t wanted_bytes = until + LAST_BYTES + BUFFER_BYTES;

	if (until + LAST_BYTES <= trace.reserved)
		return 0;
	if (fallocate(trace.file, FALLOC_FL_KEEP_SIZE, 0, (off_t)wanted_bytes) == 0) {
		trace.reserved = wanted_bytes;
		return 0;
	}
	if (errno == ENOSPC && fallocate(trace.file, FALLOC_FL_KEEP_SIZE, 0, (off_t)(until + LAST_BYTES)) == 0) {
		trace.reserved = until + LAST_BYTES;
		return 0;
	}
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? errno : 0;
#else
	(void)until;
	return 0;
#endif
}

static int write_all(const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = pwrite(trace.file, bytes, length, (off_t)trace.on_disk);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		trace.on_disk += (uint64_t)done;
		bytes += done;
		length -= (size_t)done;
	}
	return 0;
}

/* How many records there are in a piece of the trace. */
static uint64_t records_in(const uint8_t *bytes, size_t length)
{
	uint64_t records = 0;

	for (size_t at = 0; at < length; at += ((const struct record *)(const void *)(bytes + at))->bytes)
		records++;
	return records;
}

static void put_cut(int reason)
{
	struct cut_record cut;

	trace_stamp(&cut.record, 0, RECORD_CUT, sizeof cut, UINT64_MAX);
	cut.record.detail = (uint32_t)reason;
	cut.limit_bytes = reason == 0 ? options.cap_bytes : trace.on_disk;
	memcpy(trace.filling + trace.fill, &cut, sizeof cut);
	trace.fill += sizeof cut;
	trace.bytes += sizeof cut;
}

/* The disk took no more: what is in the buffers is lost, and the cut goes into the room that was promised before. */
static void fail(int reason, const uint8_t *lost, size_t length)
{
	trace.dropped += records_in(lost, length);
	trace.bytes = trace.on_disk;
	if (!trace.cut) {
		trace.dropped += records_in(trace.filling, trace.fill);
		trace.fill = 0;
		trace.cut = true;
		trace.reason = reason;
		put_cut(reason);
	}
}

/* Where the last record ends that lies wholly within a length. */
static size_t whole_records(const uint8_t *bytes, size_t length)
{
	size_t at = 0;

	while (at + sizeof(struct record) <= length && at + ((const struct record *)(const void *)(bytes + at))->bytes <= length)
		at += ((const struct record *)(const void *)(bytes + at))->bytes;
	return at;
}

/* Writes what the disk has room for, in whole records; answers how much, and why it was not all. */
static size_t write_what_fits(const uint8_t *bytes, size_t length, int *failure)
{
	size_t fits = length;
	int refused;

	*failure = 0;
	while (fits > 0 && (refused = reserve(trace.on_disk + fits)) != 0) {
		*failure = refused;
		fits = whole_records(bytes, fits / 2);
	}
	refused = write_all(bytes, fits);
	if (refused != 0)
		*failure = refused;
	return fits;
}

/* Gives the full buffer to the disk. Holds the lock at its begin and end, and not while it writes. */
static void write_out(void)
{
	uint8_t *bytes = trace.filling;
	size_t length = trace.fill, fits = length;
	bool after_cut = trace.cut;
	int failure;

	trace.filling = trace.writing;
	trace.writing = bytes;
	trace.fill = 0;
	trace.busy = true;
	pthread_mutex_unlock(&trace.lock);
	if (after_cut)
		failure = write_all(bytes, length);
	else
		fits = write_what_fits(bytes, length, &failure);
	pthread_mutex_lock(&trace.lock);
	trace.busy = false;
	if (failure != 0)
		fail(failure, bytes + fits, length - fits);
	pthread_cond_broadcast(&trace.written);
}

static void *write_for_ever(void *unused)
{
	pthread_mutex_lock(&trace.lock);
	for (;;) {
		struct timespec until;

		while (trace.fill == 0)
			pthread_cond_wait(&trace.filled, &trace.lock);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += FLUSH_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		while (trace.fill > 0 && trace.fill < BUFFER_BYTES / 2)
			if (pthread_cond_timedwait(&trace.filled, &trace.lock, &until) == ETIMEDOUT)
				break;
		while (trace.busy)
			pthread_cond_wait(&trace.written, &trace.lock);
		if (trace.fill > 0)
			write_out();
	}
	return unused;
}

/* QEMU expects its signals on its own threads. */
static bool start_thread(void)
{
	pthread_t thread;
	sigset_t all, before;
	int failure;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failure = pthread_create(&thread, 0, write_for_ever, 0);
	pthread_sigmask(SIG_SETMASK, &before, 0);
	if (failure == 0)
		pthread_detach(thread);
	return failure == 0;
}

static void put(const struct record *record)
{
	while (trace.fill + record->bytes + sizeof(struct cut_record) > BUFFER_BYTES) {
		while (trace.busy)
			pthread_cond_wait(&trace.written, &trace.lock);
		if (trace.fill + record->bytes + sizeof(struct cut_record) > BUFFER_BYTES)
			write_out();
	}
	memcpy(trace.filling + trace.fill, record, record->bytes);
	if (trace.fill == 0 || (trace.fill < BUFFER_BYTES / 2 && trace.fill + record->bytes >= BUFFER_BYTES / 2))
		pthread_cond_signal(&trace.filled);
	trace.fill += record->bytes;
	trace.bytes += record->bytes;
}

void trace_append(const struct record *record)
{
	pthread_mutex_lock(&trace.lock);
	if (!trace.cut && trace.bytes + record->bytes + LAST_BYTES > options.cap_bytes) {
		trace.cut = true;
		trace.reason = 0;
		put_cut(0);
		pthread_cond_signal(&trace.filled);
	}
	if (trace.cut)
		trace.dropped++;
	else
		put(record);
	pthread_mutex_unlock(&trace.lock);
}

void trace_append_last(const struct record *record)
{
	pthread_mutex_lock(&trace.lock);
	put(record);
	pthread_mutex_unlock(&trace.lock);
}

void trace_flush(void)
{
	pthread_mutex_lock(&trace.lock);
	while (trace.busy)
		pthread_cond_wait(&trace.written, &trace.lock);
	/* What failed leaves a cut behind, which is to be written too. */
	for (int attempt = 0; attempt < 2 && trace.fill > 0; attempt++)
		write_out();
	pthread_mutex_unlock(&trace.lock);
}

uint64_t trace_dropped(void)
{
	return trace.dropped;
}

uint64_t trace_bytes(void)
{
	return trace.bytes;
}

bool trace_cut(int *reason)
{
	*reason = trace.reason;
	return trace.cut;
}

bool trace_open(uint16_t architecture, uint16_t vcpus, uint32_t abilities)
{
	struct file_header header = { .version = TRACE_VERSION,
		                      .header_bytes = sizeof header,
		                      .architecture = architecture,
		                      .level = PETRI_LEVEL,
		                      .clock = CLOCK_OF_HOST_MONOTONIC,
		                      .vcpus = vcpus,
		                      .events = options.events,
		                      .cap_bytes = options.cap_bytes,
		                      .abilities = abilities };

	memcpy(header.magic, "PETRITRC", sizeof header.magic);
	header.wall_ns = clock_ns(CLOCK_REALTIME);
	header.monotonic_ns = trace.began_ns = clock_ns(CLOCK_MONOTONIC);
	trace.filling = malloc(BUFFER_BYTES);
	trace.writing = malloc(BUFFER_BYTES);
	trace.file = open(options.out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (trace.filling == 0 || trace.writing == 0 || trace.file < 0 || reserve(sizeof header) != 0 ||
	    write_all((const uint8_t *)&header, sizeof header) != 0) {
		fprintf(stderr, "petri plugin: cannot write %s: %s\n", options.out, strerror(errno));
		return false;
	}
	trace.bytes = trace.on_disk;
	return start_thread();
}
