/* SPDX-License-Identifier: MIT
 *
 * Who started this process, if it was started as a service: systemd or one of its kind.
 */
#ifndef API_SUPERVISOR_H
#define API_SUPERVISOR_H

#include <stdbool.h>

/* Whether the process was started as a service; looked up once. */
bool supervisor_is_there(void);
/* Tells it what it should know, as lines of NAME=VALUE; nothing where it does not listen. */
void supervisor_tell(const char *lines);

#endif
