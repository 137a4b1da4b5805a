/* SPDX-License-Identifier: MIT
 *
 * Cleanup groups: objects that are closed together.
 *
 * Closing the members takes them out of the group first, all at once and each with a reference, so
 * that a simple callback that ends meanwhile finds itself in no group. Then nothing new comes from
 * any of them, then what has not begun is dropped, and only then is waited for the rest: callbacks
 * of one may submit another.
 *
 * Locks: group_lock, a leaf, guards all groups' lists.
 */
#include "pool/pool_internal.h"

#include "base/fault.h"

#include <stdlib.h>

struct pool_group {
    struct list members;
};

static struct lock group_lock;

struct pool_group *pool_group_create(void)
{
    struct pool_group *group = fault_calloc(1, sizeof *group);

    if (group)
        list_init(&group->members);
    return group;
}

/* A member that is left belongs to none from now on. */
void pool_group_release(struct pool_group *group)
{
    lock_take(&group_lock);
    while (!list_empty(&group->members)) {
        struct pool_object *object = LIST_ELEMENT(group->members.next, struct pool_object, member);
        list_remove(&object->member);
        object->group = NULL;
    }
    lock_drop(&group_lock);
    free(group);
}

void pool__join(struct pool_object *object, struct pool_group *group)
{
    lock_take(&group_lock);
    object->group = group;
    list_push_back(&group->members, &object->member);
    lock_drop(&group_lock);
}

void pool__leave(struct pool_object *object)
{
    lock_take(&group_lock);
    if (object->group) {
        list_remove(&object->member);
        object->group = NULL;
    }
    lock_drop(&group_lock);
}

/* All members, referenced, as a list of their own. */
static void group__take(struct pool_group *group, struct list *taken)
{
    list_init(taken);
    lock_take(&group_lock);
    while (!list_empty(&group->members)) {
        struct pool_object *object = LIST_ELEMENT(group->members.next, struct pool_object, member);
        pool__object_ref(object);
        list_remove(&object->member);
        object->group = NULL;
        list_push_back(taken, &object->member);
    }
    lock_drop(&group_lock);
}

static void group__stop(struct pool_object *object)
{
    lock_take(&object->lock);
    if (object->kind->stop)
        object->kind->stop(object);
    lock_drop(&object->lock);
}

/* Whether the program is to be told: of a simple callback only if it will not run. */
static bool group__drop(struct pool_object *object)
{
    lock_take(&object->lock);
    bool tell = !object->kind->simple || object->pending;
    lock_drop(&object->lock);
    pool__drop(object);
    return tell;
}

static void group__finish(struct pool_object *object, bool tell, void *cleanup)
{
    pool_wait(object, false);
    if (tell && object->cancelled)
        object->cancelled(object->context, cleanup);
    if (!object->kind->simple)
        pool__object_unref(object); /* its owner's */
    pool__object_unref(object);
}

void pool_group_close_members(struct pool_group *group, bool cancel, void *cleanup)
{
    struct list taken, dropped, kept;

    group__take(group, &taken);
    list_init(&dropped);
    list_init(&kept);
    LIST_FOR_EACH(link, &taken)
    group__stop(LIST_ELEMENT(link, struct pool_object, member));
    while (!list_empty(&taken)) {
        struct pool_object *object = LIST_ELEMENT(taken.next, struct pool_object, member);
        list_remove(&object->member);
        bool tell = cancel && group__drop(object);
        list_push_back(tell ? &dropped : &kept, &object->member);
    }
    while (!list_empty(&dropped) || !list_empty(&kept)) {
        bool tell = !list_empty(&dropped);
        struct list *first = tell ? dropped.next : kept.next;
        list_remove(first);
        group__finish(LIST_ELEMENT(first, struct pool_object, member), tell, cleanup);
    }
}
