/* SPDX-License-Identifier: MIT
 *
 * Events, semaphores, mutants and timers as the NT layer calls them (rules WAIT-17 to 20).
 */
#include "status/codes.h"
#include "api/native_object.h"

#include "wait/event.h"
#include "wait/mutex.h"
#include "wait/semaphore.h"

#include <windows.h>
#include <iocp_nt_wait.h>

static NTSTATUS objects__done(struct dispatcher *object, NTSTATUS status)
{
    object_unref(&object->object, OBJ_REF_CALL);
    return status;
}

/* ---- events ---- */

NTSTATUS NTAPI NtCreateEvent(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                             EVENT_TYPE type, BOOLEAN set)
{
    (void)access; /* every handle has all of its object's rights here; so below */
    if (type != NotificationEvent && type != SynchronizationEvent)
        return STATUS_INVALID_PARAMETER;
    return native_publish(event_new(type == NotificationEvent, set), attributes, handle);
}

NTSTATUS NTAPI NtOpenEvent(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
    (void)access;
    return native_open(&event_ops, attributes, handle);
}

static NTSTATUS event__change(HANDLE handle, PLONG previous,
                              bool (*change)(struct dispatcher *event))
{
    struct dispatcher *event;
    NTSTATUS status = native_get(handle, &event_ops, &event);

    if (status < 0)
        return status;
    bool before = change(event);
    if (previous)
        *previous = before;
    return objects__done(event, STATUS_SUCCESS);
}

static bool event__set(struct dispatcher *event)
{
    return event_exchange(event, true);
}

static bool event__reset(struct dispatcher *event)
{
    return event_exchange(event, false);
}

NTSTATUS NTAPI NtSetEvent(HANDLE event, PLONG previous)
{
    return event__change(event, previous, event__set);
}

NTSTATUS NTAPI NtResetEvent(HANDLE event, PLONG previous)
{
    return event__change(event, previous, event__reset);
}

NTSTATUS NTAPI NtClearEvent(HANDLE event)
{
    return event__change(event, NULL, event__reset);
}

NTSTATUS NTAPI NtPulseEvent(HANDLE event, PLONG previous)
{
    return event__change(event, previous, event_pulse);
}

/* ---- semaphores ---- */

NTSTATUS NTAPI NtCreateSemaphore(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                 LONG count, LONG limit)
{
    (void)access;
    if (limit <= 0 || count < 0 || count > limit)
        return STATUS_INVALID_PARAMETER;
    return native_publish(semaphore_new((uint32_t)count, (uint32_t)limit), attributes, handle);
}

NTSTATUS NTAPI NtOpenSemaphore(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
    (void)access;
    return native_open(&semaphore_ops, attributes, handle);
}

NTSTATUS NTAPI NtReleaseSemaphore(HANDLE handle, LONG count, PLONG previous)
{
    struct dispatcher *semaphore;
    uint32_t before;

    if (count <= 0)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = native_get(handle, &semaphore_ops, &semaphore);
    if (status < 0)
        return status;
    status = semaphore_release(semaphore, (uint32_t)count, &before);
    if (status >= 0 && previous)
        *previous = (LONG)before;
    return objects__done(semaphore, status);
}

/* ---- mutants ---- */

/* A mutex is owned before anybody can see it. If no handle came of it, the new one goes. */
NTSTATUS NTAPI NtCreateMutant(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                              BOOLEAN owned)
{
    struct dispatcher *fresh = mutex_new(owned);

    (void)access;
    if (!fresh)
        return STATUS_NO_MEMORY;
    object_ref(&fresh->object, OBJ_REF_CALL);
    NTSTATUS status = native_publish(fresh, attributes, handle);
    if (owned && status != STATUS_SUCCESS)
        mutex_release(fresh);
    return objects__done(fresh, status);
}

NTSTATUS NTAPI NtOpenMutant(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
    (void)access;
    return native_open(&mutex_ops, attributes, handle);
}

NTSTATUS NTAPI NtReleaseMutant(HANDLE handle, PLONG previous)
{
    struct dispatcher *mutex;
    NTSTATUS status = native_get(handle, &mutex_ops, &mutex);

    if (status < 0)
        return status;
    LONG before = 1 - (LONG)mutex_depth(mutex);
    status = mutex_release(mutex);
    if (status >= 0 && previous)
        *previous = before;
    return objects__done(mutex, status);
}

/* ---- timers ---- */

NTSTATUS NTAPI NtCreateTimer(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                             TIMER_TYPE type)
{
    (void)access;
    if (type != NotificationTimer && type != SynchronizationTimer)
        return STATUS_INVALID_PARAMETER_4;
    return native_publish(timer_new(type == NotificationTimer), attributes, handle);
}

NTSTATUS NTAPI NtOpenTimer(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
    (void)access;
    return native_open(&timer_ops, attributes, handle);
}

/* The state is looked at before the change, not with it: a wait that takes the signal in between
 * has it too, as if the look had come first. */
NTSTATUS NTAPI NtSetTimer(HANDLE handle, PLARGE_INTEGER due, PTIMER_APC_ROUTINE routine,
                          PVOID context, BOOLEAN resume, LONG period, PBOOLEAN previous)
{
    struct dispatcher *timer;

    (void)resume;
    if (!due)
        return STATUS_ACCESS_VIOLATION;
    if (period < 0)
        return STATUS_INVALID_PARAMETER_6;
    NTSTATUS status = native_get(handle, &timer_ops, &timer);
    if (status < 0)
        return status;
    bool before = timer_is_signalled(timer);
    /* The two differ in the sign of the last argument, which is passed alike. */
    status = timer_set(timer, due->QuadPart, (uint32_t)period,
                       (timer_routine)(void (*)(void))routine, context);
    if (status >= 0 && previous)
        *previous = before;
    return objects__done(timer, status);
}

NTSTATUS NTAPI NtCancelTimer(HANDLE handle, PBOOLEAN current)
{
    struct dispatcher *timer;
    NTSTATUS status = native_get(handle, &timer_ops, &timer);

    if (status < 0)
        return status;
    timer_cancel(timer);
    if (current)
        *current = timer_is_signalled(timer);
    return objects__done(timer, STATUS_SUCCESS);
}
