/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "options.h"
#include "symbols.h"
#include "totals.h"
#include "trace.h"

static int listening = -1;
static bool translation_wanted;

bool control_wants_translation(void)
{
	if (!__atomic_load_n(&translation_wanted, __ATOMIC_RELAXED))
		return false;
	return __atomic_exchange_n(&translation_wanted, false, __ATOMIC_ACQ_REL);
}

static void answer_totals(FILE *peer, struct totals now)
{
	int reason;
	bool cut = trace_cut(&reason);

	fputs("{\"instructions\":", peer);
	if (now.instructions == UINT64_MAX)
		fputs("null", peer);
	else
		fprintf(peer, "%" PRIu64, now.instructions);
	fprintf(peer,
	        ",\"calls\":%" PRIu64 ",\"returns\":%" PRIu64 ",\"faults\":%" PRIu64 ",\"spaceLoads\":%" PRIu64
	        ",\"interrupts\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"cut\":%s",
	        now.calls, now.returns, now.faults, now.space_loads, now.interrupts, now.dropped, trace_bytes(),
	        cut ? "" : "null");
	if (cut)
		fprintf(peer, "{\"errno\":%d,\"text\":\"%s\"}", reason, reason == 0 ? "" : strerror(reason));
	fputs("}\n", peer);
}

static void answer(FILE *peer, char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (!strcmp(line, "begin") || !strcmp(line, "stop")) {
		struct totals now = window_set(line[0] == 'b');

		trace_flush();
		answer_totals(peer, now);
	} else if (!strcmp(line, "totals")) {
		totals_append(false);
		trace_flush();
		answer_totals(peer, totals_now());
	} else if (!strncmp(line, "symbol ", 7)) {
		bool added = wanted(EVENT_SYMBOL) && symbol_add(line + 7);

		if (added)
			__atomic_store_n(&translation_wanted, true, __ATOMIC_RELEASE);
		fputs(added ? "{}\n" : "{\"error\":\"not a symbol, or no symbols asked for\"}\n", peer);
	} else {
		fputs("{\"error\":\"unknown request\"}\n", peer);
	}
	fflush(peer);
}

static void *serve(void *unused)
{
	int connection;

	while ((connection = accept4(listening, 0, 0, SOCK_CLOEXEC)) >= 0 || errno == EINTR || errno == ECONNABORTED) {
		char line[512];
		FILE *peer = connection < 0 ? 0 : fdopen(connection, "r+e");

		while (peer != 0 && fgets(line, sizeof line, peer) != 0)
			answer(peer, line);
		if (peer != 0)
			fclose(peer);
	}
	return unused;
}

bool control_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	sigset_t all, before;
	pthread_t thread;
	mode_t mask;
	bool bound;

	if (options.control == 0)
		return true;
	if (strlen(options.control) >= sizeof address.sun_path) {
		fprintf(stderr, "petri plugin: too long for a socket: %s\n", options.control);
		return false;
	}
	strcpy(address.sun_path, options.control);
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mask = umask(0177);
	bound = bind(listening, (struct sockaddr *)&address, sizeof address) == 0 && listen(listening, 4) == 0;
	umask(mask);
	if (!bound) {
		fprintf(stderr, "petri plugin: cannot listen on %s: %s\n", options.control, strerror(errno));
		return false;
	}
	/* A peer that went away must not end QEMU: a thread that blocks SIGPIPE gets EPIPE. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bound = pthread_create(&thread, 0, serve, 0) == 0 && pthread_detach(thread) == 0;
	pthread_sigmask(SIG_SETMASK, &before, 0);
	return bound;
}

void control_close(void)
{
	if (options.control != 0)
		unlink(options.control);
}
