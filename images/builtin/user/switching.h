/* The game of address-space switches between the client and the partner (see partner.c). */
#ifndef SWITCHING_H
#define SWITCHING_H

#include "snapshot.h"

/*
 * words of a SWITCH: the switches left, how often Ctrl-C was read. Of a SWITCH_END: the counters, the switches left.
 *
 * Passes the turn to and fro; `message` is a SWITCH just received. Returns when the game is over for this side, with the
 * SWITCH_END in `message`.
 */
void switching_play(int32_t other, struct message *message);

#endif
