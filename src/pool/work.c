/* SPDX-License-Identifier: MIT
 *
 * Work objects, and callbacks that are run once without one.
 */
#include "pool/pool_internal.h"

#include "base/fault.h"
#include "base/slab.h"

#include <stdlib.h>

struct pool_work {
    struct pool_object object;
    PTP_WORK_CALLBACK callback;
};

/* A simple callback, or a work item of old: one of the three. */
struct pool_simple {
    struct pool_object object;
    PTP_SIMPLE_CALLBACK callback;
    LPTHREAD_START_ROUTINE function;
    WORKERCALLBACKFUNC native;
};

static struct slab simple_slab = {.size = sizeof(struct pool_simple), .index = SLAB_POOL_WORK};

static void work__run(struct pool_object *object, PTP_CALLBACK_INSTANCE instance,
                      const struct pool_call *call)
{
    (void)call;
    CONTAINER_OF(object, struct pool_work, object)
        ->callback(instance, object->context, (PTP_WORK)object);
}

static void work__free(struct pool_object *object)
{
    free(CONTAINER_OF(object, struct pool_work, object));
}

static const struct pool_kind work_kind = {.run = work__run, .free = work__free};

NTSTATUS pool_work_create(PTP_WORK_CALLBACK callback, void *context,
                          const struct pool_traits *traits, struct pool_object **result)
{
    struct pool_work *work = fault_calloc(1, sizeof *work);

    if (!work)
        return STATUS_NO_MEMORY;
    work->callback = callback;
    NTSTATUS status = pool__init(&work->object, &work_kind, traits, context);
    if (status == STATUS_SUCCESS)
        *result = &work->object;
    else
        free(work);
    return status;
}

void pool_work_submit(struct pool_object *work)
{
    pool__submit(work);
}

static void simple__run(struct pool_object *object, PTP_CALLBACK_INSTANCE instance,
                        const struct pool_call *call)
{
    struct pool_simple *simple = CONTAINER_OF(object, struct pool_simple, object);

    (void)call;
    if (simple->callback)
        simple->callback(instance, object->context);
    else if (simple->function)
        simple->function(object->context);
    else
        simple->native(object->context);
}

static void simple__free(struct pool_object *object)
{
    slab_free(&simple_slab, CONTAINER_OF(object, struct pool_simple, object));
}

static const struct pool_kind simple_kind = {
    .run = simple__run, .free = simple__free, .simple = true};

static NTSTATUS simple__submit(PTP_SIMPLE_CALLBACK callback, LPTHREAD_START_ROUTINE function,
                               WORKERCALLBACKFUNC native, void *context,
                               const struct pool_traits *traits)
{
    struct pool_simple *simple = slab_alloc(&simple_slab);

    if (!simple)
        return STATUS_NO_MEMORY;
    simple->callback = callback;
    simple->function = function;
    simple->native = native;
    NTSTATUS status = pool__init(&simple->object, &simple_kind, traits, context);
    if (status != STATUS_SUCCESS) {
        slab_free(&simple_slab, simple);
        return status;
    }
    pool__submit(&simple->object);
    pool__object_unref(&simple->object); /* the callback's own is enough */
    return STATUS_SUCCESS;
}

NTSTATUS pool_simple_submit(PTP_SIMPLE_CALLBACK callback, void *context,
                            const struct pool_traits *traits)
{
    return simple__submit(callback, NULL, NULL, context, traits);
}

NTSTATUS pool_queue(LPTHREAD_START_ROUTINE function, WORKERCALLBACKFUNC native, void *context,
                    const struct pool_traits *traits)
{
    return simple__submit(NULL, function, native, context, traits);
}
