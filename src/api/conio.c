/* SPDX-License-Identifier: MIT
 *
 * conio.h on the controlling terminal. It is opened when first used, by a descriptor of its own
 * that does not block, and is in its usual mode but for the moments in which a thread is in one of
 * these calls: then it gives keys at once and without echo. With several such threads the first
 * changes the mode and the last puts it back. A thread waits as in any blocking call (io/block.h),
 * so its port knows of it; one that is terminated there leaves the mode as it was.
 *
 * Lock: conio_lock guards the mode; a leaf. It is held while the mode is changed, no longer.
 */
#include "base/clock.h"
#include "base/compiler.h"
#include "base/descriptor.h"
#include "base/fault.h"
#include "base/lock.h"
#include "io/block.h"
#include "status/codes.h"

#include <conio.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A thread in a call. */
struct conio_call {
    struct blocked_thread thread;
    bool has_keys; /* counted in conio_readers */
};

/* Of a call that may wait. Not on the stack: when a thread that was terminated comes to leave its
 * calls its frames are gone. One is enough, as nothing runs in these calls that could make one. */
static THREAD_LOCAL struct conio_call conio_self;

static struct lock conio_lock;
static _Atomic int conio_descriptor; /* + 1; 0: none yet */
static unsigned conio_readers;       /* threads that want keys one by one */
static struct termios conio_usual;   /* the mode before the first of them */
static bool conio_has_exit;

/* The terminal; -1: there is none. Once there it stays. */
static int conio__open(void)
{
    if (LIKELY(atomic_load(&conio_descriptor)))
        return atomic_load(&conio_descriptor) - 1;
    if (fault_hit(FAULT_DESCRIPTOR))
        return -1;
    lock_take(&conio_lock);
    if (!atomic_load(&conio_descriptor)) {
        int opened = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        atomic_store(&conio_descriptor, descriptor_above_standard(opened) + 1);
    }
    lock_drop(&conio_lock);
    return atomic_load(&conio_descriptor) - 1;
}

/* Whether the terminal is this job's. A job in the background that changes the terminal's mode is
 * stopped. */
static bool conio__is_ours(int terminal)
{
    return tcgetpgrp(terminal) == getpgrp();
}

/* The process ends while a thread waits for a key. */
static void conio__at_exit(void)
{
    int terminal = atomic_load(&conio_descriptor) - 1;

    lock_take(&conio_lock);
    if (conio_readers && conio__is_ours(terminal))
        tcsetattr(terminal, TCSANOW, &conio_usual);
    lock_drop(&conio_lock);
}

/* From now on keys come one by one. */
static bool conio__want_keys(int terminal, struct conio_call *call)
{
    struct termios mode;

    lock_take(&conio_lock);
    call->has_keys = conio_readers > 0;
    if (!conio_readers && tcgetattr(terminal, &conio_usual) == 0) {
        mode = conio_usual;
        mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        mode.c_cc[VMIN] = 1;
        mode.c_cc[VTIME] = 0;
        call->has_keys = tcsetattr(terminal, TCSANOW, &mode) == 0;
    }
    conio_readers += call->has_keys;
    if (!conio_has_exit)
        conio_has_exit = atexit(conio__at_exit) == 0;
    lock_drop(&conio_lock);
    return call->has_keys;
}

static void conio__want_no_more(struct conio_call *call)
{
    lock_take(&conio_lock);
    if (call->has_keys && --conio_readers == 0)
        tcsetattr(atomic_load(&conio_descriptor) - 1, TCSANOW, &conio_usual);
    call->has_keys = false;
    lock_drop(&conio_lock);
}

static void conio__abandon(struct blocked_thread *thread)
{
    conio__want_no_more(CONTAINER_OF(thread, struct conio_call, thread));
}

static bool conio__is_ready(int terminal, short events)
{
    struct pollfd polled = {.fd = terminal, .events = events};

    return poll(&polled, 1, 0) == 1 && polled.revents & events;
}

/* Until it can be read or written; false: it never will. */
static bool conio__wait(struct conio_call *call, int terminal, short events)
{
    struct pollfd polled[2] = {{.fd = terminal, .events = events}};
    int ready = 0;

    while (ready == 0)
        if (blocked_sleep(&call->thread, polled, 1, CLOCK_FOREVER, &ready) != STATUS_SUCCESS)
            return false;
    return true;
}

/* As Windows has it. Enter may have come while the terminal made a line's end of it. */
static int conio__key(unsigned char byte)
{
    if (byte == '\n' && conio_usual.c_iflag & ICRNL)
        return '\r';
    return byte == conio_usual.c_cc[VERASE] && byte ? '\b' : byte;
}

/* The next byte, or EOF. */
static int conio__read(struct conio_call *call, int terminal)
{
    unsigned char byte;

    for (;;) {
        ssize_t got = read(terminal, &byte, 1);
        if (got == 1)
            return conio__key(byte);
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return EOF;
        if (errno == EAGAIN && !conio__wait(call, terminal, POLLIN))
            return EOF;
    }
}

static bool conio__write(const char *text, size_t length)
{
    struct conio_call *call = &conio_self;
    int terminal = conio__open();

    if (terminal < 0 || !blocked_enter(&call->thread, false, conio__abandon))
        return false;
    while (length) {
        ssize_t written = write(terminal, text, length);
        if (written >= 0) {
            text += written;
            length -= (size_t)written;
        } else if (errno != EINTR && (errno != EAGAIN || !conio__wait(call, terminal, POLLOUT))) {
            break;
        }
    }
    blocked_leave(&call->thread);
    return length == 0;
}

int _kbhit(void)
{
    struct conio_call call = {.has_keys = false};
    int terminal = conio__open();
    bool hit = false;

    if (terminal < 0 || !conio__is_ours(terminal))
        return 0;
    shield_raise();
    if (conio__want_keys(terminal, &call)) {
        hit = conio__is_ready(terminal, POLLIN);
        conio__want_no_more(&call);
    }
    shield_lower();
    return hit;
}

int _getch(void)
{
    struct conio_call *call = &conio_self;
    int terminal = conio__open(), key = EOF;

    if (terminal < 0 || !blocked_enter(&call->thread, false, conio__abandon))
        return EOF;
    if (conio__want_keys(terminal, call)) {
        key = conio__read(call, terminal);
        conio__want_no_more(call);
    }
    blocked_leave(&call->thread);
    return key;
}

int _getche(void)
{
    int key = _getch();

    return key == EOF ? EOF : _putch(key);
}

int _putch(int character)
{
    char byte = (char)character;

    return conio__write(&byte, 1) ? (unsigned char)byte : EOF;
}

int _cputs(const char *text)
{
    if (!text) {
        errno = EINVAL;
        return -1;
    }
    return conio__write(text, strlen(text)) ? 0 : -1;
}

int _cprintf(const char *format, ...)
{
    char near[512], *text = near;
    va_list arguments;

    if (!format) {
        errno = EINVAL;
        return -1;
    }
    va_start(arguments, format);
    int length = vsnprintf(near, sizeof near, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof near) {
        text = fault_malloc((size_t)length + 1);
        if (!text)
            return -1;
        va_start(arguments, format);
        vsnprintf(text, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    if (length >= 0 && !conio__write(text, (size_t)length))
        length = -1;
    if (text != near)
        free(text);
    return length;
}
