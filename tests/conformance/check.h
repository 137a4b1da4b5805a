/* SPDX-License-Identifier: MIT
 *
 * What a conformance test needs and nothing else: checks that cite a rule of docs/contract.md, and
 * a line per check that a report can read. Only public headers are used, so that the same file
 * also builds with MinGW and runs under Wine.
 *
 *   static void waiters_are_lifo(void) { CHECK("SCHED-15", woken == last, "woke %d", woken); }
 *   int main(void) { RUN(waiters_are_lifo); return check_report(); }
 *
 * Output: "ok RULE text" or "FAIL RULE text (file:line)"; then "N passed, N failed".
 * Where Wine departs from a rule the check says so by name:
 *   CHECK_WINE_DEPARTS("SCHED-15", cond, "Wine wakes waiters in FIFO order", "woke %d", woken);
 * prints "wine RULE reason" there and counts neither way; elsewhere it is an ordinary check.
 */
#ifndef IOCP_TESTS_CHECK_H
#define IOCP_TESTS_CHECK_H

#include <winsock2.h>
#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_passed;
static int check_failed;
static int check_departed;
static const char *check_current = "";

/* True under Wine (MinGW builds only); the library itself is never Wine. */
static inline int check_on_wine(void)
{
#ifdef __MINGW32__
    static int known = -1;
    if (known < 0) {
        HMODULE ntdll = GetModuleHandleA("ntdll.dll");
        known = ntdll && GetProcAddress(ntdll, "wine_get_version") != NULL;
    }
    return known;
#else
    return 0;
#endif
}

static inline void check_line(const char *what, const char *rule, const char *test,
                              const char *file, int line, const char *format, va_list arguments)
{
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    printf("%s %s %s: %s (%s:%d)\n", what, rule, test, text, file, line);
    fflush(stdout);
}

__attribute__((format(printf, 6, 7))) static inline int check_one(int held, const char *rule,
                                                                  const char *reason,
                                                                  const char *file, int line,
                                                                  const char *format, ...)
{
    const char *what = held ? "ok" : "FAIL";
    va_list arguments;
    if (!held && reason && check_on_wine()) {
        printf("wine %s %s: %s (%s:%d)\n", rule, check_current, reason, file, line);
        check_departed++;
        return held;
    }
    va_start(arguments, format);
    check_line(what, rule, check_current, file, line, format, arguments);
    va_end(arguments);
    if (held)
        check_passed++;
    else
        check_failed++;
    return held;
}

/* One check of one rule. Evaluates to the condition, so a test may stop early. The condition is
 * evaluated before the message's values: these may ask for the last error. */
#define CHECK(rule, condition, ...)                                                                \
    ({                                                                                             \
        int check_held = !!(condition);                                                            \
        check_one(check_held, rule, NULL, __FILE__, __LINE__, __VA_ARGS__);                        \
    })

/* The same where Wine is known to depart from the rule; the reason is printed there. */
#define CHECK_WINE_DEPARTS(rule, condition, reason, ...)                                           \
    ({                                                                                             \
        int check_held = !!(condition);                                                            \
        check_one(check_held, rule, reason, __FILE__, __LINE__, __VA_ARGS__);                      \
    })

/* What must hold for the test to go on at all; ends the program with a failure otherwise. */
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("FAIL setup %s: %s, GetLastError %u (%s:%d)\n", check_current, #condition,      \
                   (unsigned)GetLastError(), __FILE__, __LINE__);                                  \
            fflush(stdout);                                                                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define RUN(test)                                                                                  \
    do {                                                                                           \
        check_current = #test;                                                                     \
        test();                                                                                    \
    } while (0)

static inline int check_report(void)
{
    if (check_departed)
        printf("%d departures of Wine\n", check_departed);
    printf("%d passed, %d failed\n", check_passed, check_failed);
    fflush(stdout);
    return check_failed != 0 || check_passed + check_departed == 0;
}

#endif
