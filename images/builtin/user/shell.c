/* The shell: runs what the kernel command line asks for, then what is typed. */
#include "bytes.h"
#include "commands.h"
#include "editor.h"
#include "format.h"
#include "output.h"
#include "programs.h"
#include "snapshot.h"

#define PROMPT "petri# "

struct text {
	char bytes[LINE_BYTES];
	uint32_t length;
};

static void put(void *context, char byte)
{
	struct text *text = context;

	if (text->length + 1 < sizeof text->bytes)
		text->bytes[text->length++] = byte;
}

/* Runs a command that the kernel command line asked for, shown as if it had been typed. */
__attribute__((format(printf, 2, 3))) static void run_asked(struct editor *editor, const char *template, ...)
{
	struct text text = { .length = 0 };
	va_list arguments;

	va_start(arguments, template);
	format(put, &text, template, arguments);
	va_end(arguments);
	text.bytes[text.length] = 0;
	print("%s\n", text.bytes);
	command_run(editor, text.bytes);
	print(PROMPT);
}

static void run_options(struct editor *editor, const struct options *options)
{
	if (options->install)
		run_asked(editor, "install");
	if (options->calls)
		run_asked(editor, "calls %u%s%s", options->calls, *options->entry ? " " : "", options->entry);
	if (options->switches)
		run_asked(editor, "switches %u", options->switches);
	if (options->faults)
		run_asked(editor, "faults %u", options->faults);
	if (options->stride_count)
		run_asked(editor, "stride %u %u", options->stride_bytes, options->stride_count);
	if (options->instructions)
		run_asked(editor, "instructions %u", options->instructions);
}

void shell_program(void)
{
	struct editor editor = { .at = 0, .end = 0, .before = 0, .cancellations = 0 };

	editor_open();
	print(PROMPT);
	run_options(&editor, (const struct options *)&kernel_information->options);
	for (;;) {
		editor_read_line(&editor);
		command_run(&editor, editor.line);
		print(PROMPT);
	}
}
