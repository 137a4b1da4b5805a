/* SPDX-License-Identifier: MIT
 *
 * The C run-time's way to start threads. Errors are told through errno, as Microsoft's run-time
 * library does.
 */
#include "status/codes.h"

#include "base/fault.h"
#include "object/handle.h"
#include "wait/thread.h"

#include <process.h>
#include <processthreadsapi.h>

#include <errno.h>
#include <stdlib.h>

/* What a thread of _beginthread is to do; its handle is its own to close. */
struct begin {
    _beginthread_proc_type routine;
    void *argument;
    uintptr_t handle;
};

static THREAD_LOCAL uintptr_t begin_handle;

uintptr_t __cdecl _beginthreadex(void *security, unsigned stack_size,
                                 _beginthreadex_proc_type routine, void *argument, unsigned flags,
                                 unsigned *id)
{
    DWORD number = 0;

    if (!routine) {
        errno = EINVAL;
        return 0;
    }
    HANDLE handle = CreateThread(security, stack_size, (LPTHREAD_START_ROUTINE)routine, argument,
                                 flags, &number);
    if (!handle) {
        errno = EAGAIN;
        return 0;
    }
    if (id)
        *id = number;
    return (uintptr_t)handle;
}

void __cdecl _endthreadex(unsigned code)
{
    thread_exit(code);
}

static void begin__close(void)
{
    struct object *object = begin_handle ? handle_take(begin_handle) : NULL;

    begin_handle = 0;
    if (object)
        handle_release(object);
}

static uint32_t begin__run(void *argument)
{
    struct begin begin = *(struct begin *)argument;

    free(argument);
    begin_handle = begin.handle;
    begin.routine(begin.argument);
    begin__close();
    return 0;
}

/* The handle is known before the thread runs: it may end before this returns. */
static uintptr_t begin__start(struct begin *begin, unsigned stack_size)
{
    struct thread *thread;
    uintptr_t handle = 0;

    if (thread_create(begin__run, begin, &thread) < 0)
        return 0;
    handle = begin->handle = handle_open(&thread->dispatcher.object);
    if (handle && thread_start(thread, false, stack_size) < 0) {
        handle_release(handle_take(handle));
        handle = 0;
    }
    object_unref(&thread->dispatcher.object, OBJ_REF_CALL);
    return handle;
}

uintptr_t __cdecl _beginthread(_beginthread_proc_type routine, unsigned stack_size, void *argument)
{
    if (!routine) {
        errno = EINVAL;
        return (uintptr_t)-1;
    }
    struct begin *begin = fault_malloc(sizeof *begin);
    uintptr_t handle = 0;
    if (begin) {
        begin->routine = routine;
        begin->argument = argument;
        handle = begin__start(begin, stack_size);
        if (!handle)
            free(begin);
    }
    if (!handle) {
        errno = EAGAIN;
        return (uintptr_t)-1;
    }
    return handle;
}

void __cdecl _endthread(void)
{
    begin__close();
    thread_exit(0);
}
