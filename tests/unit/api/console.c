/* SPDX-License-Identifier: MIT
 *
 * Console events: order of the handlers, their thread, one that blocks, Ctrl-C ignored, and what
 * becomes of a process whose handlers decline, with and without a handler for the signal itself.
 */
#include "unit/expect.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <winbase.h>

static _Atomic int calls[4];
static _Atomic int order;
static _Atomic DWORD last_event;
static _Atomic int ran_on_main;
static pthread_t main_thread;

static BOOL record(int which, DWORD event, BOOL result)
{
    atomic_store(&last_event, event);
    atomic_store(&ran_on_main, pthread_equal(pthread_self(), main_thread));
    atomic_store(&calls[which], atomic_fetch_add(&order, 1) + 1);
    return result;
}

static BOOL WINAPI takes_all(DWORD event)
{
    return record(0, event, TRUE);
}

static BOOL WINAPI declines(DWORD event)
{
    return record(1, event, FALSE);
}

static BOOL WINAPI blocks_on_break(DWORD event)
{
    if (event == CTRL_BREAK_EVENT) {
        record(2, event, TRUE);
        for (;;)
            pause();
    }
    return FALSE;
}

static bool comes_true(_Atomic int *value)
{
    for (int i = 0; i < 2000 && !atomic_load(value); i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return atomic_load(value) != 0;
}

static void forget(void)
{
    memset((void *)calls, 0, sizeof calls);
    atomic_store(&order, 0);
}

static void newest_first(void)
{
    EXPECT(SetConsoleCtrlHandler(takes_all, TRUE) && SetConsoleCtrlHandler(declines, TRUE));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
    EXPECT(comes_true(&calls[0]));
    EXPECT(calls[1] == 1 && calls[0] == 2);
    EXPECT(last_event == CTRL_C_EVENT && !ran_on_main);
    forget();
    kill(getpid(), SIGTERM);
    EXPECT(comes_true(&calls[0]) && last_event == CTRL_SHUTDOWN_EVENT);
    forget();
    kill(getpid(), SIGHUP);
    EXPECT(comes_true(&calls[0]) && last_event == CTRL_CLOSE_EVENT);
    EXPECT(SetConsoleCtrlHandler(declines, FALSE));
    EXPECT(!SetConsoleCtrlHandler(declines, FALSE) && GetLastError() == ERROR_INVALID_PARAMETER);
    forget();
}

static void a_blocked_handler_holds_up_none(void)
{
    EXPECT(SetConsoleCtrlHandler(blocks_on_break, TRUE));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0) && comes_true(&calls[2]));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) && comes_true(&calls[0]));
    EXPECT(SetConsoleCtrlHandler(blocks_on_break, FALSE));
    forget();
}

static void ctrl_c_can_be_ignored(void)
{
    EXPECT(SetConsoleCtrlHandler(NULL, TRUE));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    EXPECT_EQUAL(order, 0);
    EXPECT(SetConsoleCtrlHandler(NULL, FALSE));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) && comes_true(&calls[0]));
    forget();
}

static void bad_arguments(void)
{
    EXPECT(!GenerateConsoleCtrlEvent(CTRL_CLOSE_EVENT, 0));
    EXPECT_EQUAL(GetLastError(), ERROR_INVALID_PARAMETER);
    EXPECT(!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0xFFFFFFFF));
    EXPECT(!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0x7FFFFFF0));
}

/* In a process of its own, before this one has started the library's thread. */
static void declined_events_end_the_process(int number, DWORD ignored_before)
{
    pid_t child = fork();
    if (child == 0) {
        struct sigaction ignore = {.sa_handler = SIG_IGN};
        if (ignored_before)
            sigaction(number, &ignore, NULL);
        SetConsoleCtrlHandler(declines, TRUE);
        kill(getpid(), number);
        nanosleep(&(struct timespec){.tv_sec = ignored_before ? 0 : 20, .tv_nsec = 100000000},
                  NULL);
        _exit(7);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (ignored_before)
        EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    else
        EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == number);
}

static void on_signal(int number)
{
    record(3, (DWORD)number, TRUE);
}

static void on_signal_informed(int number, siginfo_t *info, void *context)
{
    if (info->si_signo == number && info->si_code == 0 && context)
        on_signal(number);
}

/* In a child, as it cannot be undone. */
static void expect_in_child(void (*test)(void), int wanted)
{
    pid_t child = fork();
    if (child == 0) {
        atomic_store(&expect_failures, 0);
        alarm(50);
        test();
        fflush(stdout);
        _exit(atomic_load(&expect_failures) != 0);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    EXPECT_EQUAL(status, wanted);
}

static void signals_handler_is_last(void)
{
    struct sigaction plain = {.sa_handler = on_signal};
    struct sigaction informed = {.sa_sigaction = on_signal_informed, .sa_flags = SA_SIGINFO};
    EXPECT(sigaction(SIGINT, &plain, NULL) == 0 && sigaction(SIGTERM, &informed, NULL) == 0);
    EXPECT(SetConsoleCtrlHandler(declines, TRUE));
    for (int i = 0; i < 2; i++) {
        EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) && comes_true(&calls[3]));
        EXPECT(calls[1] == 1 && calls[3] == 2 && last_event == SIGINT && !ran_on_main);
        forget();
    }
    kill(getpid(), SIGTERM);
    EXPECT(comes_true(&calls[3]) && calls[1] == 1 && last_event == SIGTERM);
    forget();
    EXPECT(SetConsoleCtrlHandler(takes_all, TRUE));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) && comes_true(&calls[0]));
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    EXPECT(calls[0] == 1 && calls[3] == 0);
    forget();
    EXPECT(SetConsoleCtrlHandler(takes_all, FALSE) && SetConsoleCtrlHandler(declines, FALSE));
    EXPECT(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) && comes_true(&calls[3]));
    EXPECT(calls[3] == 1);
}

/* One that wants to be asked once. */
static void signals_handler_once(void)
{
    struct sigaction once = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    EXPECT(sigaction(SIGTERM, &once, NULL) == 0 && SetConsoleCtrlHandler(declines, TRUE));
    kill(getpid(), SIGTERM);
    EXPECT(comes_true(&calls[3]));
    if (atomic_load(&expect_failures) == 0)
        kill(getpid(), SIGTERM);
    nanosleep(&(struct timespec){.tv_sec = 20}, NULL);
}

int main(void)
{
    main_thread = pthread_self();
    expect_in_child(signals_handler_is_last, 0);
    expect_in_child(signals_handler_once, SIGTERM);
    declined_events_end_the_process(SIGINT, 0);
    declined_events_end_the_process(SIGTERM, 0);
    declined_events_end_the_process(SIGHUP, 1);
    newest_first();
    a_blocked_handler_holds_up_none();
    ctrl_c_can_be_ignored();
    bad_arguments();
    return expect_report();
}
