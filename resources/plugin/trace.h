/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that grows: records go through two large buffers, so that a virtual CPU waits for the disk only when both are full. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#include "records.h"

/* Opens the file and writes its header; says on stderr why it cannot. */
bool trace_open(uint16_t architecture, uint16_t vcpus, uint32_t abilities);

/* Nanoseconds since the plugin was loaded. */
uint64_t trace_now(void);

/* Fills in what every record has. */
void trace_stamp(struct record *record, unsigned vcpu, enum record_kind kind, uint16_t bytes, uint64_t instructions);

/* Appends a record, or counts it as dropped when the trace is cut. */
void trace_append(const struct record *record);

/* Appends a record that must not get lost: it may use the room that the cap keeps back. */
void trace_append_last(const struct record *record);

/* Returns when everything is in the file. */
void trace_flush(void);

uint64_t trace_dropped(void);
uint64_t trace_bytes(void);
/* Whether the trace was cut, and why: 0 for the cap, else the errno. */
bool trace_cut(int *reason);

#endif
