/* SPDX-License-Identifier: MIT
 *
 * For bind and listen, whose address is in use.
 */
#ifndef NET_RETRY_H
#define NET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* True after a short sleep: try once more. False: it is taken. *until: 0 before the first time. */
bool retry_taken_address(int64_t *until);

#endif
