/* SPDX-License-Identifier: MIT
 *
 * The table of names: a list, since programs have a handful. Owns the memory of small named
 * objects too.
 *
 * The race that matters: the last handle of a named object is closed while another thread opens
 * the name. Handles by name are made under name_lock only, from objects that have a handle left;
 * one without is not found any more. If the count fell to zero just after that look, the new handle
 * has brought the object back, and name_close, which comes for the lock then, sees the handle and
 * leaves the name alone.
 *
 * Locks: name_lock; handle_lock is taken under it.
 */
#include "status/codes.h"
#include "wait/name.h"

#include "base/fault.h"
#include "base/list.h"
#include "base/slab.h"
#include "object/handle.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_SIZE = 64 };

struct name {
    struct list link;
    struct named *object;
    char text[];
};

static struct slab named_slab = {.size = NAMED_SIZE, .index = SLAB_DISPATCHER};
static struct lock name_lock;
static struct list name_list = {&name_list, &name_list};

static struct named *named__of(struct object *object)
{
    return CONTAINER_OF(object, struct named, dispatcher.object);
}

void *named_alloc(size_t size)
{
    MUST(size <= NAMED_SIZE);
    struct named *named = slab_alloc(&named_slab);
    if (named)
        named->name = NULL;
    return named;
}

void named_destroy(struct object *object)
{
    slab_free(&named_slab, named__of(object));
}

/* Takes the object's name away if it has one. */
static void name__forget(struct named *object)
{
    lock_assert_held(&name_lock);
    if (object->name) {
        list_remove(&object->name->link);
        free(object->name);
        object->name = NULL;
    }
}

void name_close(struct object *object)
{
    lock_take(&name_lock);
    if (atomic_load_explicit(&object->handles, memory_order_acquire) == 0)
        name__forget(named__of(object));
    lock_drop(&name_lock);
}

static struct name *name__find(const char *text)
{
    lock_assert_held(&name_lock);
    LIST_FOR_EACH(link, &name_list)
    {
        struct name *name = LIST_ELEMENT(link, struct name, link);
        /* One whose last handle is being closed right now is gone already. */
        if (strcmp(name->text, text) == 0 &&
            atomic_load_explicit(&name->object->dispatcher.object.handles, memory_order_acquire))
            return name;
    }
    return NULL;
}

static NTSTATUS name__handle(struct name *name, const struct object_ops *ops, uintptr_t *handle)
{
    struct object *object = &name->object->dispatcher.object;

    if (object->ops != ops)
        return STATUS_INVALID_HANDLE;
    *handle = handle_open(object);
    return *handle ? STATUS_OBJECT_NAME_EXISTS : STATUS_NO_MEMORY;
}

static NTSTATUS name__file(struct named *object, const char *text, uintptr_t *handle)
{
    lock_assert_held(&name_lock);
    size_t length = strlen(text) + 1;
    struct name *name = fault_malloc(sizeof *name + length);

    if (!name)
        return STATUS_NO_MEMORY;
    *handle = handle_open(&object->dispatcher.object);
    if (!*handle) {
        free(name);
        return STATUS_NO_MEMORY;
    }
    memcpy(name->text, text, length);
    name->object = object;
    object->name = name;
    list_push_back(&name_list, &name->link);
    return STATUS_SUCCESS;
}

NTSTATUS name_create(struct dispatcher *fresh, const char *text, uintptr_t *handle)
{
    if (!text || !*text) {
        *handle = handle_open(&fresh->object);
        return *handle ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    }
    lock_take(&name_lock);
    struct name *name = name__find(text);
    NTSTATUS status = name ? name__handle(name, fresh->object.ops, handle)
                           : name__file(named__of(&fresh->object), text, handle);
    lock_drop(&name_lock);
    return status;
}

NTSTATUS name_open(const char *text, const struct object_ops *ops, uintptr_t *handle)
{
    lock_take(&name_lock);
    struct name *name = name__find(text);
    NTSTATUS status = name ? name__handle(name, ops, handle) : STATUS_OBJECT_NAME_NOT_FOUND;
    lock_drop(&name_lock);
    return status == STATUS_OBJECT_NAME_EXISTS ? STATUS_SUCCESS : status;
}
