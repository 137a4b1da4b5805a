/* SPDX-License-Identifier: MIT
 *
 * Where a broken assertion ends the program. Takes no lock: it may be called with any held.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "libiocp: %s:%d: does not hold: %s\n", file, line, condition);
    abort();
}
