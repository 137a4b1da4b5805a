/* SPDX-License-Identifier: MIT
 *
 * Signals that end a program, for the files of api/.
 */
#ifndef API_CONSOLE_H
#define API_CONSOLE_H

#include <stdbool.h>

/* From now on `taken` is asked of each of them first, in a thread of its own: true, and no handler
 * hears of it. False: it cannot be done now. Once in a process. */
bool console_offer_signals(bool (*taken)(int number));

#endif
