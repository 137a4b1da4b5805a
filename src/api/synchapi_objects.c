/* SPDX-License-Identifier: MIT
 *
 * Events, mutexes, semaphores and waitable timers as programs see them: creating, opening by name,
 * changing. WAIT-6 to WAIT-10.
 */
#include "status/codes.h"
#include "api/last_error.h"
#include "api/object.h"

#include "wait/event.h"
#include "wait/mutex.h"
#include "wait/name.h"
#include "wait/semaphore.h"
#include "wait/timer.h"

#include <windows.h>

/* Every kind is created alike: the new object gets a handle, or the one that has the name does. The
 * last error tells which (WAIT-9). */
static HANDLE object__publish(struct dispatcher *fresh, const char *name, NTSTATUS named)
{
    uintptr_t handle = 0;

    if (named < 0) {
        api_fail(named);
    } else if (!fresh) {
        api_fail(STATUS_NO_MEMORY);
    } else {
        NTSTATUS status = name_create(fresh, name, &handle);
        if (status < 0)
            api_fail(status);
        else
            api_set_last_error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : 0);
    }
    if (fresh)
        object_unref(&fresh->object, OBJ_REF_CALL);
    return (HANDLE)handle;
}

static HANDLE object__open(const struct object_ops *ops, const char *name, NTSTATUS named)
{
    uintptr_t handle = 0;

    if (named >= 0)
        named = name ? name_open(name, ops, &handle) : STATUS_INVALID_PARAMETER;
    if (named < 0)
        api_fail(named);
    return (HANDLE)handle;
}

static HANDLE object__open_narrow(const struct object_ops *ops, LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);

    return object__open(ops, name, status);
}

static HANDLE object__open_wide(const struct object_ops *ops, LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);

    return object__open(ops, name, status);
}

/* The object behind the handle if it is of this kind; the last error is set otherwise. */
static struct dispatcher *object__get(HANDLE handle, const struct object_ops *ops)
{
    struct object *object = api_object_of(handle, ops);

    if (!object)
        api_fail(STATUS_INVALID_HANDLE);
    return object ? CONTAINER_OF(object, struct dispatcher, object) : NULL;
}

static BOOL object__done(struct dispatcher *object, NTSTATUS status)
{
    object_unref(&object->object, OBJ_REF_CALL);
    return status < 0 ? api_fail(status) : TRUE;
}

/* ---- events ---- */

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual, BOOL set, LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);

    (void)attributes;
    return object__publish(event_new(manual, set), name, status);
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual, BOOL set, LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);

    (void)attributes;
    return object__publish(event_new(manual, set), name, status);
}

/* Flags that there are not make every Ex form fail. */
static HANDLE object__bad_flags(void)
{
    api_fail(STATUS_INVALID_PARAMETER);
    return NULL;
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags,
                             DWORD access)
{
    (void)access;
    if (flags & ~(DWORD)(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET))
        return object__bad_flags();
    return CreateEventA(attributes, !!(flags & CREATE_EVENT_MANUAL_RESET),
                        !!(flags & CREATE_EVENT_INITIAL_SET), name);
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
                             DWORD access)
{
    (void)access;
    if (flags & ~(DWORD)(CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET))
        return object__bad_flags();
    return CreateEventW(attributes, !!(flags & CREATE_EVENT_MANUAL_RESET),
                        !!(flags & CREATE_EVENT_INITIAL_SET), name);
}

HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_narrow(&event_ops, name);
}

HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_wide(&event_ops, name);
}

static BOOL event__change(HANDLE handle, void (*change)(struct dispatcher *event))
{
    struct dispatcher *event = object__get(handle, &event_ops);

    if (!event)
        return FALSE;
    change(event);
    return object__done(event, STATUS_SUCCESS);
}

BOOL WINAPI SetEvent(HANDLE event)
{
    return event__change(event, dispatcher_set);
}

BOOL WINAPI ResetEvent(HANDLE event)
{
    return event__change(event, dispatcher_reset);
}

static void event__pulse(struct dispatcher *event)
{
    event_pulse(event);
}

BOOL WINAPI PulseEvent(HANDLE event)
{
    return event__change(event, event__pulse);
}

/* ---- mutexes ---- */

/* A mutex is owned before anybody can see it. If the name turned out to exist, the new one goes. */
static HANDLE mutex__publish(const char *name, NTSTATUS named, BOOL owned)
{
    struct dispatcher *fresh = mutex_new(owned);

    if (fresh)
        object_ref(&fresh->object, OBJ_REF_CALL);
    HANDLE handle = object__publish(fresh, name, named);
    if (fresh) {
        if (owned && atomic_load(&fresh->object.handles) == 0)
            mutex_release(fresh);
        object_unref(&fresh->object, OBJ_REF_CALL);
    }
    return handle;
}

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL owned, LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);

    (void)attributes;
    return mutex__publish(name, status, owned);
}

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL owned, LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);

    (void)attributes;
    return mutex__publish(name, status, owned);
}

HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags,
                             DWORD access)
{
    (void)access;
    if (flags & ~(DWORD)CREATE_MUTEX_INITIAL_OWNER)
        return object__bad_flags();
    return CreateMutexA(attributes, flags != 0, name);
}

HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
                             DWORD access)
{
    (void)access;
    if (flags & ~(DWORD)CREATE_MUTEX_INITIAL_OWNER)
        return object__bad_flags();
    return CreateMutexW(attributes, flags != 0, name);
}

HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_narrow(&mutex_ops, name);
}

HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_wide(&mutex_ops, name);
}

BOOL WINAPI ReleaseMutex(HANDLE handle)
{
    struct dispatcher *mutex = object__get(handle, &mutex_ops);

    return mutex ? object__done(mutex, mutex_release(mutex)) : FALSE;
}

/* ---- semaphores ---- */

static struct dispatcher *semaphore__checked(LONG count, LONG limit, NTSTATUS *status)
{
    if (limit <= 0 || count < 0 || count > limit)
        *status = STATUS_INVALID_PARAMETER;
    return *status < 0 ? NULL : semaphore_new((uint32_t)count, (uint32_t)limit);
}

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG limit,
                               LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);
    struct dispatcher *fresh = semaphore__checked(count, limit, &status);

    (void)attributes;
    return object__publish(fresh, name, status);
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG limit,
                               LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);
    struct dispatcher *fresh = semaphore__checked(count, limit, &status);

    (void)attributes;
    return object__publish(fresh, name, status);
}

HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG limit,
                                 LPCSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return flags ? object__bad_flags() : CreateSemaphoreA(attributes, count, limit, name);
}

HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG limit,
                                 LPCWSTR name, DWORD flags, DWORD access)
{
    (void)access;
    return flags ? object__bad_flags() : CreateSemaphoreW(attributes, count, limit, name);
}

HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_narrow(&semaphore_ops, name);
}

HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_wide(&semaphore_ops, name);
}

BOOL WINAPI ReleaseSemaphore(HANDLE handle, LONG count, LPLONG previous)
{
    struct dispatcher *semaphore = object__get(handle, &semaphore_ops);
    uint32_t before;

    if (!semaphore)
        return FALSE;
    if (count <= 0)
        return object__done(semaphore, STATUS_INVALID_PARAMETER);
    NTSTATUS status = semaphore_release(semaphore, (uint32_t)count, &before);
    if (status >= 0 && previous)
        *previous = (LONG)before;
    return object__done(semaphore, status);
}

/* ---- waitable timers ---- */

HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES attributes, BOOL manual, LPCSTR given)
{
    const char *name;
    NTSTATUS status = api_name(given, &name);

    (void)attributes;
    return object__publish(timer_new(manual), name, status);
}

HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES attributes, BOOL manual, LPCWSTR given)
{
    char room[API_NAME_BYTES];
    const char *name;
    NTSTATUS status = api_wide_name((const uint16_t *)given, room, &name);

    (void)attributes;
    return object__publish(timer_new(manual), name, status);
}

#define TIMER_FLAGS (CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION)

HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags,
                                     DWORD access)
{
    (void)access;
    if (flags & ~(DWORD)TIMER_FLAGS)
        return object__bad_flags();
    return CreateWaitableTimerA(attributes, !!(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET), name);
}

HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
                                     DWORD access)
{
    (void)access;
    if (flags & ~(DWORD)TIMER_FLAGS)
        return object__bad_flags();
    return CreateWaitableTimerW(attributes, !!(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET), name);
}

HANDLE WINAPI OpenWaitableTimerA(DWORD access, BOOL inherit, LPCSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_narrow(&timer_ops, name);
}

HANDLE WINAPI OpenWaitableTimerW(DWORD access, BOOL inherit, LPCWSTR name)
{
    (void)access;
    (void)inherit;
    return object__open_wide(&timer_ops, name);
}

BOOL WINAPI SetWaitableTimer(HANDLE handle, const LARGE_INTEGER *due, LONG period,
                             PTIMERAPCROUTINE routine, LPVOID argument, BOOL resume)
{
    struct dispatcher *timer = object__get(handle, &timer_ops);

    (void)resume;
    if (!timer)
        return FALSE;
    if (!due || period < 0)
        return object__done(timer, STATUS_INVALID_PARAMETER);
    return object__done(
        timer, timer_set(timer, due->QuadPart, (uint32_t)period, (timer_routine)routine, argument));
}

BOOL WINAPI SetWaitableTimerEx(HANDLE handle, const LARGE_INTEGER *due, LONG period,
                               PTIMERAPCROUTINE routine, LPVOID argument, PREASON_CONTEXT reason,
                               ULONG tolerable)
{
    (void)reason;
    (void)tolerable;
    return SetWaitableTimer(handle, due, period, routine, argument, FALSE);
}

BOOL WINAPI CancelWaitableTimer(HANDLE handle)
{
    struct dispatcher *timer = object__get(handle, &timer_ops);

    if (!timer)
        return FALSE;
    timer_cancel(timer);
    return object__done(timer, STATUS_SUCCESS);
}
