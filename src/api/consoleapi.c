/* SPDX-License-Identifier: MIT
 *
 * consoleapi.h: signals that end a program become console events. SIGINT is CTRL_C_EVENT, SIGQUIT
 * CTRL_BREAK_EVENT, SIGTERM CTRL_SHUTDOWN_EVENT and SIGHUP CTRL_CLOSE_EVENT. Those that are a
 * service's controls (api/service.c) are no events.
 *
 * A signal handler may do next to nothing, so it writes the signal's number into a pipe. A thread,
 * started when the first handler is installed, reads it and starts another one that asks the
 * handlers, newest first: as on Windows each event has a thread of its own, and one that blocks
 * holds up no other. When no handler takes the event, the signal does what it would have done
 * without us: a handler that the program had given it by signal or sigaction runs, as the last of
 * the list as it were, or the process ends so that a shell sees the usual exit status. Signals that
 * the program was started with ignored (nohup) stay ignored.
 *
 * Lock: console_lock guards the list of handlers; never held while one runs.
 */
#include "api/console.h"
#include "api/last_error.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include <winbase.h>

struct console_event {
    int signal;
    DWORD event;
};

static const struct console_event console_events[] = {
    {SIGINT, CTRL_C_EVENT},
    {SIGQUIT, CTRL_BREAK_EVENT},
    {SIGTERM, CTRL_SHUTDOWN_EVENT},
    {SIGHUP, CTRL_CLOSE_EVENT},
};
#define EVENTS (sizeof console_events / sizeof console_events[0])

static struct lock console_lock; /* all below but the pipe, which is set once */
static PHANDLER_ROUTINE *console_handlers;
static size_t console_count;
static size_t console_room;
static bool console_ignores_c;
static bool console_started;
static bool (*console_taken)(int number);       /* asked first; NULL: nobody is */
static struct sigaction console_before[EVENTS]; /* what the signals did without us */
static int console_pipe[2];

static void console__on_signal(int number)
{
    int error = errno;
    unsigned char byte = (unsigned char)number;
    /* A full pipe holds thousands of unanswered events; one more is not missed. */
    ssize_t written = write(console_pipe[1], &byte, 1);
    (void)written;
    errno = error;
}

/* One of those that are hooked. */
static size_t console__place(int number)
{
    size_t place = 0;
    while (place < EVENTS - 1 && console_events[place].signal != number)
        place++;
    return place;
}

/* The handler that the program had given the signal itself; false: none. */
static bool console__run_signal_handler(int number)
{
    siginfo_t info;
    ucontext_t context;
    struct sigaction *kept = &console_before[console__place(number)];
    lock_take(&console_lock);
    struct sigaction before = *kept;
    if (before.sa_flags & (int)SA_RESETHAND)
        *kept = (struct sigaction){.sa_handler = SIG_DFL};
    lock_drop(&console_lock);
    if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN)
        return false;
    memset(&info, 0, sizeof info);
    memset(&context, 0, sizeof context); /* it interrupts nothing */
    info.si_signo = number;
    if (before.sa_flags & SA_SIGINFO)
        before.sa_sigaction(number, &info, &context);
    else
        before.sa_handler(number);
    return true;
}

/* What happens in a program that never heard of this library. */
static void console__default_action(int number)
{
    if (console__run_signal_handler(number))
        return;
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t set;
    sigaction(number, &action, NULL);
    kill(getpid(), number);
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* The handler at this place of the list, newest first; NULL past the last. */
static PHANDLER_ROUTINE console__handler(size_t place)
{
    PHANDLER_ROUTINE handler = NULL;
    lock_take(&console_lock);
    if (place < console_count)
        handler = console_handlers[console_count - 1 - place];
    lock_drop(&console_lock);
    return handler;
}

static void *console__deliver(void *argument)
{
    int number = (int)(intptr_t)argument;
    DWORD event = console_events[console__place(number)].event;
    lock_take(&console_lock);
    bool ignored = event == CTRL_C_EVENT && console_ignores_c;
    bool (*taken)(int) = console_taken;
    lock_drop(&console_lock);
    if ((taken && taken(number)) || ignored)
        return NULL;
    PHANDLER_ROUTINE handler;
    for (size_t place = 0; (handler = console__handler(place)) != NULL; place++)
        if (handler(event))
            return NULL;
    console__default_action(number);
    return NULL;
}

static bool console__start_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    pthread_attr_t attributes;
    if (fault_hit(FAULT_THREAD) || pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    bool started = pthread_create(&thread, &attributes, run, argument) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

static void *console__listen(void *unused)
{
    unsigned char number;
    for (;;) {
        ssize_t got = read(console_pipe[0], &number, 1);
        if (got == 0 || (got < 0 && errno != EINTR))
            return unused;
        if (got < 0)
            continue;
        void *argument = (void *)(intptr_t)number;
        if (!console__start_thread(console__deliver, argument))
            console__deliver(argument);
    }
}

/* The threads here take no signal of the program's; what a fault raises stays deliverable. */
static void console__block_signals(sigset_t *before)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&set, faults[i]);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

static void console__hook_signals(void)
{
    lock_assert_held(&console_lock);
    for (size_t i = 0; i < EVENTS; i++) {
        struct sigaction action = {.sa_handler = console__on_signal, .sa_flags = SA_RESTART};
        struct sigaction *before = &console_before[i];
        sigfillset(&action.sa_mask);
        if (sigaction(console_events[i].signal, NULL, before) == 0 && before->sa_handler != SIG_IGN)
            sigaction(console_events[i].signal, &action, NULL);
    }
}

/* Pipe, thread and signal handlers, once. */
static bool console__start(void)
{
    lock_assert_held(&console_lock);
    if (console_started)
        return true;
    if (fault_hit(FAULT_DESCRIPTOR) || pipe2(console_pipe, O_CLOEXEC) != 0)
        return false;
    for (int end = 0; end < 2; end++)
        console_pipe[end] = descriptor_above_standard(console_pipe[end]);
    fcntl(console_pipe[1], F_SETFL, O_NONBLOCK);
    sigset_t before;
    console__block_signals(&before);
    console_started = console_pipe[0] >= 0 && console_pipe[1] >= 0 &&
                      console__start_thread(console__listen, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!console_started) {
        close(console_pipe[0]);
        close(console_pipe[1]);
        return false;
    }
    console__hook_signals();
    return true;
}

bool console_offer_signals(bool (*taken)(int number))
{
    lock_take(&console_lock);
    bool started = console__start();
    if (started)
        console_taken = taken;
    lock_drop(&console_lock);
    return started;
}

static bool console__add(PHANDLER_ROUTINE handler)
{
    lock_assert_held(&console_lock);
    if (console_count == console_room) {
        size_t room = console_room ? console_room * 2 : 4;
        PHANDLER_ROUTINE *grown = fault_calloc(room, sizeof *grown);
        if (!grown)
            return false;
        if (console_count)
            memcpy(grown, console_handlers, console_count * sizeof *grown);
        free(console_handlers);
        console_handlers = grown;
        console_room = room;
    }
    console_handlers[console_count++] = handler;
    return true;
}

/* The newest of that address goes. */
static bool console__remove(PHANDLER_ROUTINE handler)
{
    lock_assert_held(&console_lock);
    for (size_t i = console_count; i-- > 0;)
        if (console_handlers[i] == handler) {
            memmove(&console_handlers[i], &console_handlers[i + 1],
                    (console_count - i - 1) * sizeof console_handlers[0]);
            console_count--;
            return true;
        }
    return false;
}

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE handler, BOOL add)
{
    DWORD error = NO_ERROR;
    lock_take(&console_lock);
    if (!handler) {
        console_ignores_c = add != FALSE;
        if (add && !console__start())
            error = ERROR_NOT_ENOUGH_MEMORY;
    } else if (!add) {
        error = console__remove(handler) ? NO_ERROR : ERROR_INVALID_PARAMETER;
    } else if (!console__start() || !console__add(handler)) {
        error = ERROR_NOT_ENOUGH_MEMORY;
    }
    lock_drop(&console_lock);
    if (error == NO_ERROR)
        return TRUE;
    api_set_last_error(error);
    return FALSE;
}

/* Group 0 is all who share the console on Windows. Here a process shares its group with whatever
 * script or test runner started it, so 0 means this process alone. */
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD event, DWORD group)
{
    int number = event == CTRL_C_EVENT ? SIGINT : SIGQUIT;
    pid_t target = group ? -(pid_t)group : getpid();
    if (event <= CTRL_BREAK_EVENT && group <= INT32_MAX && kill(target, number) == 0)
        return TRUE;
    api_set_last_error(ERROR_INVALID_PARAMETER);
    return FALSE;
}
