/* SPDX-License-Identifier: MIT
 *
 * Locked ranges (rules LOCK-1 to 6). Between the files of this process they are exact; each is also
 * an open-file-description lock of the system, so that another process that uses this library, or
 * asks with fcntl, meets it. Who waits for a range that another process holds is looked after every
 * few milliseconds by a thread that exists only as long as somebody does.
 *
 * range_lock, a leaf but for the objects' own words, guards all ranges and all who wait. Nothing is
 * completed under it.
 */
#include "file/lock_internal.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/futex.h"
#include "base/own_thread.h"
#include "sched/sched.h"

#include <winnt.h>

#include <stdlib.h>
#include <sys/prctl.h>

#define LOCK_LOOK (10 * NANOSECONDS_PER_MILLISECOND)

/* Who waits for a range. */
struct lock_wait {
    struct list link;
    struct lock_held *wanted;       /* its own until it is granted */
    struct io_operation *operation; /* NULL: a thread sleeps on `word` */
    bool foreign;                   /* it is another process that holds it */
    NTSTATUS status;
    _Atomic uint32_t word; /* 1: over */
};

static struct lock range_lock;
static struct list range_waiting = {&range_waiting, &range_waiting};
static bool range_watched; /* the thread is there */

static bool range__overlap(const struct lock_held *one, uint64_t first, uint64_t last)
{
    return !one->empty && one->first <= last && first <= one->last;
}

/* LOCK-3. A shared range may lie on an exclusive one of the same file. */
static bool range__conflicts(const struct lock_held *held, const struct lock_held *wanted)
{
    if (wanted->empty || !range__overlap(held, wanted->first, wanted->last))
        return false;
    if (wanted->exclusive)
        return true;
    return held->exclusive && held->file != wanted->file;
}

/* STATUS_SUCCESS: it is held now. *foreign: another process has it. */
static NTSTATUS range__take(struct lock_held *wanted, bool *foreign)
{
    struct file_node *node = wanted->file->node;

    lock_assert_held(&range_lock);
    *foreign = false;
    LIST_FOR_EACH(link, &node->locks)
    if (range__conflicts(LIST_ELEMENT(link, struct lock_held, link), wanted))
        return STATUS_FILE_LOCK_CONFLICT;
    if (!lock_system_take(wanted, &node->locks)) {
        *foreign = true;
        return STATUS_FILE_LOCK_CONFLICT;
    }
    list_push_back(&node->locks, &wanted->link);
    atomic_fetch_add_explicit(&node->ranges, 1, memory_order_relaxed);
    return STATUS_SUCCESS;
}

static void range__give_up(struct lock_held *held)
{
    struct file_node *node = held->file->node;

    lock_assert_held(&range_lock);
    list_remove(&held->link);
    atomic_fetch_sub_explicit(&node->ranges, 1, memory_order_relaxed);
    lock_system_give_up(held, &node->locks);
    free(held);
}

/* Moves whoever can have his range now to `over`. `node` NULL: of all files. */
static void range__grant(const struct file_node *node, struct list *over)
{
    struct list *next;

    lock_assert_held(&range_lock);
    for (struct list *link = range_waiting.next; link != &range_waiting; link = next) {
        struct lock_wait *wait = LIST_ELEMENT(link, struct lock_wait, link);
        next = link->next;
        if ((node && wait->wanted->file->node != node) ||
            range__take(wait->wanted, &wait->foreign) != STATUS_SUCCESS)
            continue;
        wait->wanted = NULL;
        wait->status = STATUS_SUCCESS;
        list_remove(link);
        list_push_back(over, link);
    }
}

/* Tells those who wait no longer; no lock is held. */
static void wait__tell(struct list *over)
{
    while (!list_empty(over)) {
        struct lock_wait *wait = LIST_ELEMENT(over->next, struct lock_wait, link);
        list_remove(&wait->link);
        if (wait->wanted)
            free(wait->wanted);
        if (wait->operation) {
            /* Its packet may be taken, and the file closed, before the port has been told. */
            struct object *file = file_object(wait->operation->file);
            object_ref(file, OBJ_REF_CALL);
            io_complete(wait->operation, wait->status, 0, false);
            object_unref(file, OBJ_REF_CALL);
        } else {
            atomic_store_explicit(&wait->word, 1, memory_order_release);
            futex_wake(&wait->word, 1); /* the word may be gone: its address is only a name */
        }
    }
}

static bool range__any_foreign(void)
{
    lock_assert_held(&range_lock);
    LIST_FOR_EACH(link, &range_waiting)
    if (LIST_ELEMENT(link, struct lock_wait, link)->foreign)
        return true;
    return false;
}

static void *range__watch(void *unused)
{
    _Atomic uint32_t word = 0;
    bool stay = true;

    prctl(PR_SET_NAME, "iocp-locks");
    while (stay) {
        struct list over;
        list_init(&over);
        futex_wait(&word, 0, clock_now() + LOCK_LOOK);
        lock_take(&range_lock);
        range__grant(NULL, &over);
        stay = range_watched = range__any_foreign();
        lock_drop(&range_lock);
        wait__tell(&over);
    }
    return unused;
}

static void range__see_to_foreign(void)
{
    pthread_t thread;

    lock_assert_held(&range_lock);
    if (!range_watched && range__any_foreign())
        range_watched = own_thread_start(&thread, range__watch);
}

/* Takes the range, or files `wait` for it. */
static NTSTATUS lock__begin(struct lock_wait *wait, bool at_once)
{
    lock_take(&range_lock);
    /* Closed by another thread in the middle of the call: nobody would free it, or cancel it. */
    NTSTATUS status = file_has(wait->wanted->file, FILE_CLOSED)
                          ? STATUS_INVALID_HANDLE
                          : range__take(wait->wanted, &wait->foreign);
    if (status == STATUS_SUCCESS) {
        wait->wanted = NULL;
    } else if (!at_once && status == STATUS_FILE_LOCK_CONFLICT) {
        list_push_back(&range_waiting, &wait->link);
        range__see_to_foreign();
        status = STATUS_PENDING;
    }
    lock_drop(&range_lock);
    return status;
}

static NTSTATUS lock__sleep(struct lock_wait *wait)
{
    sched_wait_begin();
    while (atomic_load_explicit(&wait->word, memory_order_acquire) == 0)
        futex_wait(&wait->word, 0, CLOCK_FOREVER);
    sched_wait_end();
    return wait->status;
}

/* On a handle that is not overlapped: the call lasts until the range is held. */
static NTSTATUS lock__synchronous(struct file *file, struct lock_held *wanted, bool at_once,
                                  OVERLAPPED *overlapped)
{
    struct lock_wait wait = {.wanted = wanted};
    struct io_operation *operation = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (overlapped)
        status = io_begin(&file->io, overlapped, NULL, NULL, &operation);
    if (status == STATUS_SUCCESS) {
        status = lock__begin(&wait, at_once);
        if (status == STATUS_PENDING)
            status = lock__sleep(&wait);
        else
            free(wait.wanted);
        if (operation)
            io_complete(operation, status, 0, true);
    } else {
        free(wanted);
    }
    return status;
}

static NTSTATUS lock__overlapped(struct file *file, struct lock_held *wanted, bool at_once,
                                 OVERLAPPED *overlapped)
{
    struct lock_wait *wait = io_memory_new(sizeof *wait);
    struct io_operation *operation;

    NTSTATUS status = wait ? io_begin(&file->io, overlapped, NULL, NULL, &operation)
                           : STATUS_INSUFFICIENT_RESOURCES;
    if (status != STATUS_SUCCESS) {
        io_memory_free(wait);
        free(wanted);
        return status;
    }
    *wait = (struct lock_wait){.wanted = wanted, .operation = operation};
    io_keep_memory(operation, wait);
    status = lock__begin(wait, at_once);
    if (status == STATUS_PENDING) /* not ours any more */
        return status;
    free(wait->wanted);
    io_complete(operation, status, 0, true);
    return status;
}

NTSTATUS file_lock(struct file *file, const struct file_lock_range *range, bool exclusive,
                   bool at_once, OVERLAPPED *overlapped)
{
    if (!(file->access & (FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA)))
        return STATUS_ACCESS_DENIED;
    if (!file->node || file_has(file, FILE_IS_DIRECTORY))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (range->length && range->first > UINT64_MAX - (range->length - 1))
        return STATUS_INVALID_PARAMETER; /* LOCK-5 */
    struct lock_held *wanted = fault_calloc(1, sizeof *wanted);
    if (!wanted)
        return STATUS_INSUFFICIENT_RESOURCES;
    wanted->file = file;
    wanted->first = range->first;
    wanted->last = range->first + range->length - 1;
    wanted->empty = range->length == 0;
    wanted->exclusive = exclusive;
    if (!overlapped || !file_has(file, IO_FILE_OVERLAPPED))
        return lock__synchronous(file, wanted, at_once, overlapped);
    return lock__overlapped(file, wanted, at_once, overlapped);
}

/* LOCK-4: exactly this range; of an exclusive and a shared one the exclusive. */
static struct lock_held *unlock__find(struct file *file, const struct file_lock_range *range)
{
    struct lock_held *found = NULL;

    lock_assert_held(&range_lock);
    LIST_FOR_EACH(link, &file->node->locks)
    {
        struct lock_held *held = LIST_ELEMENT(link, struct lock_held, link);
        if (held->file != file || held->first != range->first ||
            held->last != range->first + range->length - 1)
            continue;
        if (!found || (held->exclusive && !found->exclusive))
            found = held;
    }
    return found;
}

NTSTATUS file_unlock(struct file *file, const struct file_lock_range *range)
{
    struct list over;

    if (!file->node)
        return STATUS_RANGE_NOT_LOCKED;
    list_init(&over);
    lock_take(&range_lock);
    struct lock_held *held = unlock__find(file, range);
    if (held) {
        range__give_up(held);
        range__grant(file->node, &over);
    }
    lock_drop(&range_lock);
    wait__tell(&over);
    return held ? STATUS_SUCCESS : STATUS_RANGE_NOT_LOCKED;
}

NTSTATUS lock_check(struct file *file, uint64_t first, uint64_t length, bool writing)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (length == 0)
        return status;
    lock_take(&range_lock);
    LIST_FOR_EACH(link, &file->node->locks)
    {
        const struct lock_held *held = LIST_ELEMENT(link, struct lock_held, link);
        if (!range__overlap(held, first, first + length - 1))
            continue;
        /* Into a shared range nobody writes, who locked it included. */
        if (held->exclusive ? held->file != file : writing)
            status = STATUS_FILE_LOCK_CONFLICT;
    }
    lock_drop(&range_lock);
    return status;
}

void lock_drop_all(struct file *file)
{
    struct list over, *next;

    if (atomic_load_explicit(&file->node->ranges, memory_order_relaxed) == 0)
        return;
    list_init(&over);
    lock_take(&range_lock);
    for (struct list *link = file->node->locks.next; link != &file->node->locks; link = next) {
        struct lock_held *held = LIST_ELEMENT(link, struct lock_held, link);
        next = link->next;
        if (held->file == file)
            range__give_up(held);
    }
    range__grant(file->node, &over);
    lock_drop(&range_lock);
    wait__tell(&over);
}

unsigned lock_cancel(struct file *file, bool (*match)(struct engine_request *, void *),
                     void *context)
{
    struct list over, *next;
    unsigned count = 0;

    list_init(&over);
    lock_take(&range_lock);
    for (struct list *link = range_waiting.next; link != &range_waiting; link = next) {
        struct lock_wait *wait = LIST_ELEMENT(link, struct lock_wait, link);
        next = link->next;
        if (wait->wanted->file != file)
            continue;
        if (match && (!wait->operation || !match(&wait->operation->request, context)))
            continue;
        wait->status = STATUS_CANCELLED;
        list_remove(link);
        list_push_back(&over, link);
        count++;
    }
    lock_drop(&range_lock);
    wait__tell(&over);
    return count;
}
