#include "evidence.h"

#include <stdarg.h>

#include "format.h"

static void evidence_put(void *context, char byte)
{
	struct evidence *evidence = context;

	if (evidence->length + 1 < sizeof evidence->text) {
		evidence->text[evidence->length++] = byte;
		evidence->text[evidence->length] = 0;
	}
}

void evidence_add(struct evidence *evidence, const char *template, ...)
{
	va_list arguments;

	va_start(arguments, template);
	format(evidence_put, evidence, template, arguments);
	va_end(arguments);
}
