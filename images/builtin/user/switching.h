/* The game of address-space switches between the client and the partner (see partner.c). */
#ifndef SWITCHING_H
#define SWITCHING_H

#include "snapshot.h"

/* Passes the turn to and fro; `message` is a SWITCH just received. Returns when the game is over for this side. */
void switching_play(int32_t other, struct message *message);

/* words[0] of a SWITCH: the switches left; of a SWITCH_END: nothing, and the counters follow. */

#endif
