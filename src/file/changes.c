/* SPDX-License-Identifier: MIT
 *
 * ReadDirectoryChangesW (rules RDC): calls that wait, changes that wait for a call, and how one
 * gets to the other. What the system tells arrives through change_notifier.c.
 *
 * changes_lock is held while calls are completed, so that a directory's packets keep the order of
 * its changes, as a lane's lock is.
 */
#include "file/changes_internal.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/futex.h"
#include "base/utf8.h"
#include "sched/sched.h"

#include <winnt.h>

#include <stdlib.h>
#include <string.h>

/* FILE_NOTIFY_INFORMATION before its name. */
struct change_entry {
    uint32_t next, action, bytes;
};

/* A call that waits for changes. */
struct change_wait {
    struct list link;
    struct io_operation *operation; /* NULL: a thread sleeps on `word` */
    void *room;
    uint32_t length;
    NTSTATUS status;
    uint32_t bytes;
    _Atomic uint32_t word; /* 1: over */
    OVERLAPPED own;        /* of a call that has none */
};

struct lock changes_lock;
static struct list changes_all = {&changes_all, &changes_all};
static struct list changes_touched = {&changes_touched, &changes_touched};

static void wait__end(struct change_wait *wait, NTSTATUS status, uint32_t bytes)
{
    lock_assert_held(&changes_lock);
    list_remove(&wait->link);
    if (wait->operation) {
        io_complete(wait->operation, status, bytes, false);
        return;
    }
    wait->status = status;
    wait->bytes = bytes;
    atomic_store_explicit(&wait->word, 1, memory_order_release);
    futex_wake(&wait->word, 1); /* the word may be gone: its address is only a name */
}

static bool changes__any(const struct changes *changes)
{
    return changes->used || changes->lost || changes->gone;
}

/* RDC-3, RDC-4. */
static void changes__hand_over(struct changes *changes, struct change_wait *wait)
{
    uint32_t bytes = changes->used;
    bool fits = !changes->lost && bytes && bytes <= wait->length;

    if (changes->gone) {
        wait__end(wait, STATUS_DELETE_PENDING, 0);
        return;
    }
    changes->used = 0;
    changes->lost = false;
    if (fits)
        memcpy(wait->room, changes->kept, bytes);
    wait__end(wait, fits ? STATUS_SUCCESS : STATUS_NOTIFY_ENUM_DIR, fits ? bytes : 0);
}

static void changes__deliver(struct changes *changes)
{
    lock_assert_held(&changes_lock);
    while (changes__any(changes) && !list_empty(&changes->waiting))
        changes__hand_over(changes, LIST_ELEMENT(changes->waiting.next, struct change_wait, link));
}

void changes_deliver_all(void)
{
    lock_assert_held(&changes_lock);
    while (!list_empty(&changes_touched)) {
        struct list *link = changes_touched.next;
        list_remove(link);
        changes__deliver(LIST_ELEMENT(link, struct changes, touched));
    }
}

static void changes__touch(struct changes *changes)
{
    if (!list_linked(&changes->touched))
        list_push_back(&changes_touched, &changes->touched);
}

void changes_lose(struct changes *changes)
{
    lock_assert_held(&changes_lock);
    changes->lost = true;
    changes->used = 0;
    changes__touch(changes);
}

void changes_end(struct changes *changes)
{
    lock_assert_held(&changes_lock);
    changes->gone = true;
    changes__touch(changes);
}

void changes_each(void (*visit)(struct changes *changes))
{
    lock_assert_held(&changes_lock);
    LIST_FOR_EACH(link, &changes_all)
    visit(LIST_ELEMENT(link, struct changes, link));
}

/* Where the next entry begins: they are aligned. */
static uint32_t changes__next(const struct changes *changes)
{
    return (changes->used + 3u) & ~3u;
}

/* Several writes to a file one after the other are one change. */
static bool changes__repeats(const struct changes *changes, enum change_action action,
                             const uint16_t *name, uint32_t bytes)
{
    struct change_entry last;

    if (action != CHANGE_MODIFIED || !changes->used)
        return false;
    memcpy(&last, changes->kept + changes->last, sizeof last);
    return last.action == CHANGE_MODIFIED && last.bytes == bytes &&
           memcmp(changes->kept + changes->last + sizeof last, name, bytes) == 0;
}

static void changes__append(struct changes *changes, enum change_action action,
                            const uint16_t *name, uint32_t bytes)
{
    struct change_entry entry = {.action = (uint32_t)action, .bytes = bytes};
    uint32_t at = changes__next(changes);

    if (changes->used) {
        uint32_t distance = at - changes->last;
        memcpy(changes->kept + changes->last, &distance, sizeof distance);
        memset(changes->kept + changes->used, 0, at - changes->used);
    }
    memcpy(changes->kept + at, &entry, sizeof entry);
    memcpy(changes->kept + at + sizeof entry, name, bytes);
    changes->last = at;
    changes->used = at + (uint32_t)sizeof entry + bytes;
}

void changes_report(struct changes *changes, enum change_action action, struct branch *branch,
                    const char *name)
{
    static char path_room[TREE_PATH_BYTES];
    static uint16_t units[TREE_PATH_BYTES];
    const char *path = tree_path(branch, name, '\\', path_room);

    lock_assert_held(&changes_lock);
    if (changes->lost || changes->gone)
        return;
    if (!path) {
        changes_lose(changes);
        return;
    }
    uint32_t bytes = (uint32_t)(utf8_to_utf16(path, strlen(path), units) * sizeof units[0]);
    if (changes__repeats(changes, action, units, bytes))
        return;
    uint32_t needed = (uint32_t)sizeof(struct change_entry) + bytes;
    if (changes__next(changes) + needed > changes->room)
        changes__deliver(changes); /* there may be somebody who makes room */
    if (changes__next(changes) + needed > changes->room) {
        changes_lose(changes);
        return;
    }
    changes__append(changes, action, units, bytes);
    changes__touch(changes);
}

static void changes__free(struct changes *changes)
{
    lock_assert_held(&changes_lock);
    tree_fell(changes);
    if (list_linked(&changes->touched))
        list_remove(&changes->touched);
    list_remove(&changes->link);
    free(changes->kept);
    free(changes);
}

/* RDC-5: what the first call says holds for the handle's life. */
static NTSTATUS changes__make(struct file *file, const struct file_changes_call *call)
{
    struct changes *made = fault_calloc(1, sizeof *made);

    lock_assert_held(&changes_lock);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    made->kept = call->length ? fault_malloc(call->length) : NULL;
    if (call->length && !made->kept) {
        free(made);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    made->file = file;
    made->filter = call->filter;
    made->subtree = call->subtree;
    made->room = call->length;
    list_init(&made->waiting);
    list_push_back(&changes_all, &made->link);
    /* What happened so far is told to those who asked so far. */
    NTSTATUS status = notifier_start() ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    if (status == STATUS_SUCCESS) {
        notifier_drain();
        status = tree_plant(made);
    }
    if (status == STATUS_SUCCESS)
        file->changes = made;
    else
        changes__free(made);
    return status;
}

/* Files `wait`, which ends by wait__end, perhaps at once; or says why not. */
static NTSTATUS changes__begin(struct file *file, const struct file_changes_call *call,
                               struct change_wait *wait)
{
    NTSTATUS status = STATUS_SUCCESS;

    lock_take(&changes_lock);
    if (file_has(file, FILE_CLOSED)) /* nobody would end it */
        status = STATUS_INVALID_HANDLE;
    else if (!file->changes)
        status = changes__make(file, call);
    else if (file->changes->gone)
        status = STATUS_DELETE_PENDING;
    if (status == STATUS_SUCCESS) {
        list_push_back(&file->changes->waiting, &wait->link);
        changes__deliver(file->changes);
        status = STATUS_PENDING;
    }
    lock_drop(&changes_lock);
    return status;
}

static NTSTATUS changes__check(struct file *file, const struct file_changes_call *call)
{
    if (!call->filter || call->filter & ~(uint32_t)CHANGE_VALID)
        return STATUS_INVALID_PARAMETER;
    if (!call->anonymous &&
        (!call->room || (!call->overlapped && file_has(file, IO_FILE_OVERLAPPED))))
        return STATUS_INVALID_PARAMETER;
    if ((uintptr_t)call->room % sizeof(uint32_t))
        return STATUS_DATATYPE_MISALIGNMENT;
    if (!file_has(file, FILE_IS_DIRECTORY))
        return STATUS_INVALID_PARAMETER;
    return file->access & FILE_LIST_DIRECTORY ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

static NTSTATUS changes__overlapped(struct file *file, const struct file_changes_call *call)
{
    struct change_wait *wait = io_memory_new(sizeof *wait);

    if (!wait)
        return STATUS_INSUFFICIENT_RESOURCES;
    *wait = (struct change_wait){.room = call->room, .length = call->length};
    NTSTATUS status = io_begin(&file->io, call->overlapped ? call->overlapped : &wait->own,
                               call->call, call->routine, &wait->operation);
    if (status != STATUS_SUCCESS) {
        io_memory_free(wait);
        return status;
    }
    struct io_operation *operation = wait->operation;
    io_keep_memory(operation, wait);
    status = changes__begin(file, call, wait);
    if (status != STATUS_PENDING)
        io_abandon(operation);
    return status;
}

/* On a handle that is not overlapped: the call lasts until something changes. */
static NTSTATUS changes__synchronous(struct file *file, const struct file_changes_call *call)
{
    struct change_wait wait = {.room = call->room, .length = call->length};
    struct io_operation *operation = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (call->overlapped)
        status = io_begin(&file->io, call->overlapped, NULL, NULL, &operation);
    if (status != STATUS_SUCCESS)
        return status;
    status = changes__begin(file, call, &wait);
    if (status == STATUS_PENDING) {
        sched_wait_begin();
        while (atomic_load_explicit(&wait.word, memory_order_acquire) == 0)
            futex_wait(&wait.word, 0, CLOCK_FOREVER);
        sched_wait_end();
        status = wait.status;
    }
    if (operation)
        io_complete(operation, status, wait.bytes, true);
    if (call->bytes)
        *call->bytes = wait.bytes;
    return status;
}

NTSTATUS file_read_changes(struct file *file, const struct file_changes_call *call)
{
    NTSTATUS status = changes__check(file, call);

    if (status != STATUS_SUCCESS)
        return status;
    return file_has(file, IO_FILE_OVERLAPPED) ? changes__overlapped(file, call)
                                              : changes__synchronous(file, call);
}

unsigned changes_cancel(struct file *file, bool (*match)(struct engine_request *, void *),
                        void *context)
{
    struct list *next;
    unsigned count = 0;

    if (!file_has(file, FILE_IS_DIRECTORY))
        return 0;
    lock_take(&changes_lock);
    struct list *waiting = file->changes ? &file->changes->waiting : NULL;
    for (struct list *link = waiting ? waiting->next : NULL; link != waiting; link = next) {
        struct change_wait *wait = LIST_ELEMENT(link, struct change_wait, link);
        next = link->next;
        if (!wait->operation || !match(&wait->operation->request, context))
            continue;
        wait__end(wait, STATUS_CANCELLED, 0);
        count++;
    }
    lock_drop(&changes_lock);
    return count;
}

void changes_close(struct file *file)
{
    if (!file_has(file, FILE_IS_DIRECTORY))
        return;
    lock_take(&changes_lock);
    struct changes *changes = file->changes;
    file->changes = NULL;
    while (changes && !list_empty(&changes->waiting)) /* RDC-6 */
        wait__end(LIST_ELEMENT(changes->waiting.next, struct change_wait, link),
                  STATUS_NOTIFY_CLEANUP, 0);
    if (changes)
        changes__free(changes);
    lock_drop(&changes_lock);
}

void changes_deleted(const struct file_node *node)
{
    lock_take(&changes_lock);
    LIST_FOR_EACH(link, &changes_all)
    {
        struct changes *changes = LIST_ELEMENT(link, struct changes, link);
        if (changes->file->node == node)
            changes_end(changes);
    }
    changes_deliver_all();
    lock_drop(&changes_lock);
}
