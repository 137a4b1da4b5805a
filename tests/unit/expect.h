/* SPDX-License-Identifier: MIT
 *
 * Checks of unit tests: a failed one is printed and counted, and the program's exit status tells.
 * Threads may check too.
 */
#ifndef IOCP_TESTS_UNIT_EXPECT_H
#define IOCP_TESTS_UNIT_EXPECT_H

#include <stdatomic.h>
#include <stdio.h>

static _Atomic unsigned expect_checks;
static _Atomic unsigned expect_failures;

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        atomic_fetch_add(&expect_checks, 1);                                                       \
        if (!(condition)) {                                                                        \
            atomic_fetch_add(&expect_failures, 1);                                                 \
            printf("FAIL %s:%d: %s\n", __FILE__, __LINE__, #condition);                            \
        }                                                                                          \
    } while (0)

/* Both as long long, and shown when they differ. */
#define EXPECT_EQUAL(left, right)                                                                  \
    do {                                                                                           \
        long long expect_left = (long long)(left);                                                 \
        long long expect_right = (long long)(right);                                               \
        atomic_fetch_add(&expect_checks, 1);                                                       \
        if (expect_left != expect_right) {                                                         \
            atomic_fetch_add(&expect_failures, 1);                                                 \
            printf("FAIL %s:%d: %s is %lld, not %s = %lld\n", __FILE__, __LINE__, #left,           \
                   expect_left, #right, expect_right);                                             \
        }                                                                                          \
    } while (0)

static inline int expect_report(void)
{
    printf("%u checks, %u failed\n", atomic_load(&expect_checks), atomic_load(&expect_failures));
    return atomic_load(&expect_failures) != 0 || atomic_load(&expect_checks) == 0;
}

#endif
