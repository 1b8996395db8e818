#include "options.h"

#include "bytes.h"
#include "information.h"
#include "kernel.h"
#include "machine.h"
#include "phases.h"

#define WORD_BYTES 64

/* The next word of the line, cut to the buffer; false at the end. */
static bool next_word(const char **line, char word[WORD_BYTES])
{
	const char *at = *line;
	unsigned length = 0;

	while (*at == ' ')
		at++;
	if (!*at)
		return false;
	for (; *at && *at != ' '; at++)
		if (length + 1 < WORD_BYTES)
			word[length++] = *at;
	word[length] = 0;
	*line = at;
	return true;
}

/* What follows `key=` in the word, or 0. */
static const char *value_of(const char *word, const char *key)
{
	while (*key && *word == *key)
		word++, key++;
	return *key == 0 && *word == '=' ? word + 1 : 0;
}

/* Reads PHASE:MS; the name is cut out of the word. */
static bool parse_delay(const char *value, const char *phase, uint32_t *milliseconds)
{
	while (*phase && *value == *phase)
		value++, phase++;
	if (*phase || *value++ != ':')
		return false;
	return number_parse(&value, 0, milliseconds);
}

bool options_skip(const char *phase)
{
	const char *line = machine_command_line();
	char word[WORD_BYTES];

	while (next_word(&line, word)) {
		const char *value = value_of(word, "skip");

		if (value && text_equal(value, phase))
			return true;
	}
	return false;
}

uint32_t options_delay(const char *phase)
{
	const char *line = machine_command_line();
	char word[WORD_BYTES];
	uint32_t milliseconds = 0;

	while (next_word(&line, word)) {
		const char *value = value_of(word, "delay");

		if (value)
			parse_delay(value, phase, &milliseconds);
	}
	return milliseconds;
}

#define SCREEN_WORD "console=vga"

bool options_screen(void)
{
	const char *line = machine_command_line();
	char word[WORD_BYTES];

	while (next_word(&line, word))
		if (text_equal(word, SCREEN_WORD))
			return true;
	return false;
}

static bool is_entry(const char *name)
{
	static const char *const names[] = ENTRY_NAMES;

	for (int entry = 0; entry < ENTRY_COUNT; entry++)
		if (text_equal(names[entry], name))
			return true;
	return false;
}

static bool take_number(const char *word, const char *key, uint32_t *number)
{
	const char *value = value_of(word, key);

	return value && number_parse(&value, 0, number);
}

static bool take_stride(const char *word, struct options *options)
{
	const char *value = value_of(word, "stride");

	return value && number_parse(&value, ',', &options->stride_bytes) &&
	       number_parse(&value, 0, &options->stride_count);
}

static bool take_entry(const char *word, struct options *options)
{
	const char *value = value_of(word, "entry");

	if (!value || !is_entry(value))
		return false;
	text_copy(options->entry, value, sizeof options->entry);
	return true;
}

static bool take_install(const char *word, struct options *options)
{
	if (!text_equal(word, "install"))
		return false;
	options->install = 1;
	return true;
}

/* skip= and delay= are obeyed by the phases; here they only have to name one. */
static bool names_phase(const char *word)
{
	const char *skipped = value_of(word, "skip");
	const char *delayed = value_of(word, "delay");
	uint32_t milliseconds;

	for (int at = 0; at < PHASE_COUNT; at++) {
		if (skipped && text_equal(skipped, phase_name(at)))
			return true;
		if (delayed && parse_delay(delayed, phase_name(at), &milliseconds))
			return true;
	}
	return false;
}

static void take_word(const char *word, struct options *options)
{
	if (take_number(word, "calls", &options->calls) || take_number(word, "faults", &options->faults) ||
	    take_number(word, "switches", &options->switches) || take_stride(word, options) ||
	    take_number(word, "instructions", &options->instructions) || take_entry(word, options) || take_install(word, options) || text_equal(word, SCREEN_WORD) || names_phase(word))
		return;
	kernel_print("petri: unknown word: %s\n", word);
}

void options_work(void)
{
	const char *line = machine_command_line();
	char word[WORD_BYTES];

	while (next_word(&line, word)) {
		take_word(word, &information.options);
		information.options.words++;
	}
}

/* Counts the words by their beginnings, another way than the parser's. */
static uint32_t count_words(const char *line)
{
	uint32_t words = 0;

	for (char before = ' '; *line; before = *line++)
		if (before == ' ' && *line != ' ')
			words++;
	return words;
}

const char *options_check(struct evidence *evidence)
{
	const char *line = machine_command_line();

	if (information.options.words != count_words(line))
		return "the command line was not read";
	evidence_add(evidence, "words=%u bytes=%u", information.options.words, (uint32_t)text_length(line));
	return 0;
}
