/* SPDX-License-Identifier: MIT
 *
 * What a thread pool's callback may ask for while it runs.
 */
#include "api/object.h"
#include "api/object.h"
#include "pool/pool.h"

#include <windows.h>

#include "wait/event.h"
#include "wait/mutex.h"
#include "wait/section.h"
#include "wait/semaphore.h"

static struct pool_instance *instance__of(PTP_CALLBACK_INSTANCE instance)
{
    return (struct pool_instance *)instance;
}

BOOL WINAPI CallbackMayRunLong(PTP_CALLBACK_INSTANCE instance)
{
    return pool_may_run_long(instance__of(instance));
}

VOID WINAPI DisassociateCurrentThreadFromCallback(PTP_CALLBACK_INSTANCE instance)
{
    pool_disassociate(instance__of(instance));
}

/* Keeps an object until the callback has returned; what was kept before it is let go. */
static void instance__defer_object(PTP_CALLBACK_INSTANCE instance, enum pool_deferral kind,
                                   struct pool_deferred deferred)
{
    if (!deferred.thing)
        return;
    object_relabel(OBJ_REF_CALL, OBJ_REF_EVENT);
    struct pool_deferred before = pool_defer(instance__of(instance), kind, deferred);
    if (before.thing)
        object_unref(before.thing, OBJ_REF_EVENT);
}

static void instance__set_event(struct pool_deferred *deferred)
{
    struct object *event = deferred->thing;

    dispatcher_set(CONTAINER_OF(event, struct dispatcher, object));
    object_unref(event, OBJ_REF_EVENT);
}

VOID WINAPI SetEventWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE event)
{
    instance__defer_object(instance, POOL_SET_EVENT,
                           (struct pool_deferred){.run = instance__set_event,
                                                  .thing = api_object_of(event, &event_ops)});
}

static void instance__release_semaphore(struct pool_deferred *deferred)
{
    struct object *semaphore = deferred->thing;
    uint32_t before;

    semaphore_release(CONTAINER_OF(semaphore, struct dispatcher, object), deferred->count, &before);
    object_unref(semaphore, OBJ_REF_EVENT);
}

VOID WINAPI ReleaseSemaphoreWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE semaphore,
                                                DWORD count)
{
    struct object *object = api_object_of(semaphore, &semaphore_ops);

    instance__defer_object(instance, POOL_RELEASE_SEMAPHORE,
                           (struct pool_deferred){.run = instance__release_semaphore,
                                                  .thing = object,
                                                  .count = count});
}

static void instance__release_mutex(struct pool_deferred *deferred)
{
    struct object *mutex = deferred->thing;

    mutex_release(CONTAINER_OF(mutex, struct dispatcher, object));
    object_unref(mutex, OBJ_REF_EVENT);
}

VOID WINAPI ReleaseMutexWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HANDLE mutex)
{
    instance__defer_object(instance, POOL_RELEASE_MUTEX,
                           (struct pool_deferred){.run = instance__release_mutex,
                                                  .thing = api_object_of(mutex, &mutex_ops)});
}

static void instance__leave_section(struct pool_deferred *deferred)
{
    section_leave(deferred->thing);
}

VOID WINAPI LeaveCriticalSectionWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance,
                                                    PCRITICAL_SECTION section)
{
    pool_defer(instance__of(instance), POOL_LEAVE_SECTION,
               (struct pool_deferred){.run = instance__leave_section, .thing = section});
}

static void instance__free_library(struct pool_deferred *deferred)
{
    FreeLibrary(deferred->thing);
}

VOID WINAPI FreeLibraryWhenCallbackReturns(PTP_CALLBACK_INSTANCE instance, HMODULE module)
{
    pool_defer(instance__of(instance), POOL_FREE_LIBRARY,
               (struct pool_deferred){.run = instance__free_library, .thing = module});
}
