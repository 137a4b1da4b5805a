/* SPDX-License-Identifier: MIT
 *
 * Assertions. ASSERT holds in debug builds and costs nothing in release; MUST holds always, for
 * what would corrupt the program's memory if it went on.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/compiler.h"

_Noreturn void check_failed(const char *condition, const char *file, int line);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (UNLIKELY(!(condition)))                                                                \
            check_failed(#condition, __FILE__, __LINE__);                                          \
    } while (0)

#ifdef NDEBUG
#define ASSERT(condition) ((void)sizeof(!(condition)))
#else
#define ASSERT(condition) MUST(condition)
#endif

#endif
