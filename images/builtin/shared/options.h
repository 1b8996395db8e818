/* The kernel command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence.h"

/* These read the raw line, since the first phases come before it is parsed. */
bool options_skip(const char *phase);
/* The last `delay=PHASE:MS` for that phase, in milliseconds; 0 without one. */
uint32_t options_delay(const char *phase);
/* Whether `console=vga` asks for the screen. */
bool options_screen(void);

/* The phase kmain_phase: parses the line into the information page and reports words that it does not know. */
void options_work(void);
const char *options_check(struct evidence *evidence);

#endif
