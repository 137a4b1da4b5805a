/* SPDX-License-Identifier: MIT
 *
 * Sleeping on a word and waking who sleeps there (process-private futexes).
 */
#ifndef BASE_FUTEX_H
#define BASE_FUTEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Sleeps while *word == expected, until woken or until the deadline (base/clock.h) has passed.
 * Returns false only for the deadline; true says nothing more than "look again". */
bool futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t deadline);

/* Wakes up to `count` sleepers. The word's owner may be gone already: the address is only a name
 * to the kernel, so waking after the last unlock is safe. */
void futex_wake(_Atomic uint32_t *word, int count);

#endif
