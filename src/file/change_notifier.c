/* SPDX-License-Identifier: MIT
 *
 * The process's one inotify descriptor: made with the first directory that is watched, kept, and
 * looked after by the library's own thread, which sleeps until the system has something to tell.
 * Events are turned into changes of every tree that has the directory; both halves of a renaming
 * are looked for together.
 *
 * Everything here is guarded by changes_lock.
 */
#include "file/changes_internal.h"

#include "base/descriptor.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    NOTIFIER_CHAINS = 1024,
    NOTIFIER_BYTES = 1 << 16,
    NOTIFIER_EVENT = sizeof(struct inotify_event) + 256,
    NOTIFIER_PARTNER_MS = 1,
};

static struct io_file notifier_file;
static bool notifier_made;
static struct list notifier_chains[NOTIFIER_CHAINS];

/* What was read and not worked on yet. */
static struct {
    _Alignas(struct inotify_event) char data[NOTIFIER_BYTES];
    size_t used, at;
} notifier_batch;

static int notifier__descriptor(void)
{
    return notifier_file.engine.descriptor;
}

static struct list *notifier__chain(int number)
{
    struct list *chain = &notifier_chains[(unsigned)number % NOTIFIER_CHAINS];

    lock_assert_held(&changes_lock);
    if (!list_linked(chain))
        list_init(chain);
    return chain;
}

static struct watch *notifier__find(int number)
{
    struct list *chain = notifier__chain(number);

    LIST_FOR_EACH(link, chain)
    {
        struct watch *watch = LIST_ELEMENT(link, struct watch, link);
        if (watch->number == number)
            return watch;
    }
    return NULL;
}

static struct watch *notifier__find_or_make(int number)
{
    struct watch *watch = notifier__find(number);

    if (watch)
        return watch;
    watch = fault_calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->number = number;
    list_init(&watch->branches);
    list_push_back(notifier__chain(number), &watch->link);
    return watch;
}

void notifier_leave(struct branch *branch)
{
    struct watch *watch = branch->watch;

    if (!watch)
        return;
    list_remove(&branch->of_watch);
    branch->watch = NULL;
    if (!list_empty(&watch->branches))
        return;
    inotify_rm_watch(notifier__descriptor(), watch->number); /* which the system may have done */
    list_remove(&watch->link);
    free(watch);
}

static struct branch *watch__branch_of(const struct watch *watch, const struct changes *changes)
{
    LIST_FOR_EACH(link, &watch->branches)
    {
        struct branch *branch = LIST_ELEMENT(link, struct branch, of_watch);
        if (branch->changes == changes && !branch->guards)
            return branch;
    }
    return NULL;
}

int notifier_watch(struct branch *branch, const char *path, uint32_t mask)
{
    lock_assert_held(&changes_lock);
    if (fault_hit(FAULT_DESCRIPTOR))
        return -ENOSPC;
    int number = inotify_add_watch(notifier__descriptor(), path, mask | IN_ONLYDIR | IN_MASK_ADD);
    if (number < 0)
        return -errno;
    struct watch *watch = notifier__find_or_make(number);
    if (!watch) {
        inotify_rm_watch(notifier__descriptor(), number);
        return -ENOMEM;
    }
    if (branch->watch == watch)
        return 0;
    notifier_leave(branch);
    struct branch *older = branch->guards ? NULL : watch__branch_of(watch, branch->changes);
    list_push_back(&watch->branches, &branch->of_watch);
    branch->watch = watch;
    if (older)
        notifier_leave(older);
    return 0;
}

static void branch__tell(struct branch *branch, const struct inotify_event *event,
                         enum change_action action, uint32_t bits)
{
    if (branch->changes->filter & bits)
        changes_report(branch->changes, action, branch, event->name);
}

static uint32_t event__name_bit(const struct inotify_event *event)
{
    return event->mask & IN_ISDIR ? CHANGE_DIR_NAME : CHANGE_FILE_NAME;
}

static bool event__tracks(const struct branch *branch, const struct inotify_event *event)
{
    return branch->changes->subtree && (event->mask & IN_ISDIR);
}

static void branch__appeared(struct branch *branch, const struct inotify_event *event)
{
    if (tree_forget_seen(branch, event->name)) /* a scan was faster */
        return;
    branch__tell(branch, event, CHANGE_ADDED, event__name_bit(event));
    if (event__tracks(branch, event))
        tree_grow(branch, event->name, event->mask & IN_CREATE);
}

static void branch__disappeared(struct branch *branch, const struct inotify_event *event)
{
    tree_forget_seen(branch, event->name);
    branch__tell(branch, event, CHANGE_REMOVED, event__name_bit(event));
    if (event__tracks(branch, event))
        tree_cut(branch, event->name);
}

/* Times and rights are one event, which does not tell what they were before. */
static void branch__modified(struct branch *branch, const struct inotify_event *event)
{
    uint32_t bits = 0;

    if (event->mask & IN_MODIFY)
        bits |= CHANGE_SIZE | CHANGE_LAST_WRITE;
    if (event->mask & IN_ATTRIB)
        bits |= CHANGE_ATTRIBUTES | CHANGE_SECURITY | CHANGE_LAST_WRITE;
    if (event->mask & IN_ACCESS && !(event->mask & IN_ISDIR)) /* we look into directories too */
        bits |= CHANGE_LAST_ACCESS;
    branch__tell(branch, event, CHANGE_MODIFIED, bits);
}

static void branch__event(struct branch *branch, const struct inotify_event *event)
{
    struct changes *changes = branch->changes;

    if (branch->guards) {
        if (file_is_removed(changes->file))
            changes_end(changes);
    } else if (event->mask & (IN_DELETE_SELF | IN_UNMOUNT | IN_IGNORED)) {
        tree_lost(branch);
    } else if (event->mask & IN_MOVE_SELF) {
        if (branch == changes->root)
            tree_guard(changes);
    } else if (event->len == 0) {
        return; /* of the directory itself */
    } else if (event->mask & (IN_CREATE | IN_MOVED_TO)) {
        branch__appeared(branch, event);
    } else if (event->mask & (IN_DELETE | IN_MOVED_FROM)) {
        branch__disappeared(branch, event);
    } else {
        branch__modified(branch, event);
    }
}

/* The branches of a watch. The one that is worked on may go, and the watch with the last. */
#define WATCH_EACH(watch, branch)                                                                  \
    for (struct list *link_ = (watch)->branches.next, *next_;                                      \
         link_ != &(watch)->branches && (next_ = link_->next) != NULL &&                           \
         ((branch) = LIST_ELEMENT(link_, struct branch, of_watch)) != NULL;                        \
         link_ = next_)

/* Renamed within the branch, or moved: which Windows tells as two events (RDC-9). */
static void branch__renamed(struct branch *from, const struct inotify_event *old, struct branch *to,
                            const struct inotify_event *new)
{
    uint32_t bit = event__name_bit(old);
    bool told = tree_forget_seen(to, new->name); /* a scan saw only how it ended */

    tree_forget_seen(from, old->name);
    if (!told) {
        branch__tell(from, old, from == to ? CHANGE_OLD_NAME : CHANGE_REMOVED, bit);
        branch__tell(to, new, from == to ? CHANGE_NEW_NAME : CHANGE_ADDED, bit);
    }
    if (event__tracks(from, old))
        tree_move(from, old->name, to, new->name);
}

static void notifier__moved(struct watch *from, const struct inotify_event *old, struct watch *to,
                            const struct inotify_event *new)
{
    struct branch *branch;

    WATCH_EACH(to, branch)
    {
        struct branch *source = watch__branch_of(from, branch->changes);
        if (branch->guards)
            continue;
        if (source)
            branch__renamed(source, old, branch, new);
        else
            branch__appeared(branch, new);
    }
    WATCH_EACH(from, branch)
    {
        if (branch->guards)
            branch__event(branch, old);
        else if (from != to && !watch__branch_of(to, branch->changes))
            branch__disappeared(branch, old);
    }
}

/* As much as there is and fits. */
static void batch__fill(void)
{
    size_t left = notifier_batch.used - notifier_batch.at;

    memmove(notifier_batch.data, notifier_batch.data + notifier_batch.at, left);
    notifier_batch.at = 0;
    notifier_batch.used = left;
    while (sizeof notifier_batch.data - notifier_batch.used >= NOTIFIER_EVENT + NAME_MAX) {
        ssize_t got = read(notifier__descriptor(), notifier_batch.data + notifier_batch.used,
                           sizeof notifier_batch.data - notifier_batch.used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        notifier_batch.used += (size_t)got;
    }
}

static struct inotify_event *batch__event(size_t at)
{
    return (struct inotify_event *)(void *)(notifier_batch.data + at);
}

static size_t batch__beyond(size_t at)
{
    return at + sizeof(struct inotify_event) + batch__event(at)->len;
}

/* The other half of a renaming. It is there already but for a moment in the system. */
static struct inotify_event *batch__partner(const struct inotify_event *old)
{
    for (size_t at = notifier_batch.at; at < notifier_batch.used; at = batch__beyond(at)) {
        struct inotify_event *event = batch__event(at);
        if (event->mask & IN_MOVED_TO && event->cookie == old->cookie)
            return event;
    }
    return NULL;
}

static void notifier__overflowed(struct changes *changes)
{
    changes_lose(changes);
    tree_refresh(changes);
}

static void notifier__dispatch(struct inotify_event *event, struct inotify_event *partner)
{
    struct watch *watch = notifier__find(event->wd);
    struct watch *to = partner ? notifier__find(partner->wd) : NULL;
    struct branch *branch;

    if (event->mask & IN_Q_OVERFLOW)
        changes_each(notifier__overflowed);
    if (!watch)
        return;
    if (to) {
        notifier__moved(watch, event, to, partner);
        partner->mask = 0; /* done */
        return;
    }
    WATCH_EACH(watch, branch)
    branch__event(branch, event);
}

/* Takes one event out of the batch. It is copied: looking for its partner moves the batch. */
static void batch__next(void)
{
    static _Alignas(struct inotify_event) char copy[NOTIFIER_EVENT];
    struct inotify_event *event = (struct inotify_event *)(void *)copy, *partner = NULL;
    struct pollfd more = {.fd = notifier__descriptor(), .events = POLLIN};
    size_t beyond = batch__beyond(notifier_batch.at);

    memcpy(copy, batch__event(notifier_batch.at), beyond - notifier_batch.at);
    notifier_batch.at = beyond;
    if (event->mask & IN_MOVED_FROM) {
        partner = batch__partner(event);
        if (!partner && poll(&more, 1, NOTIFIER_PARTNER_MS) > 0) {
            batch__fill();
            partner = batch__partner(event);
        }
    }
    if (event->mask)
        notifier__dispatch(event, partner);
}

void notifier_drain(void)
{
    lock_assert_held(&changes_lock);
    for (batch__fill(); notifier_batch.at < notifier_batch.used;) {
        batch__next();
        if (notifier_batch.at == notifier_batch.used)
            batch__fill();
    }
    changes_deliver_all();
}

static void notifier__noticed(struct io_file *file)
{
    (void)file;
    lock_take(&changes_lock);
    notifier_drain();
    lock_drop(&changes_lock);
}

static const struct io_ops notifier__io = {.noticed = notifier__noticed};
static const struct object_ops notifier_ops = {.kind = "notifier", .io = &notifier__io};

static int notifier__open(void)
{
    int made = fault_hit(FAULT_DESCRIPTOR) ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    return descriptor_above_standard(made);
}

bool notifier_start(void)
{
    lock_assert_held(&changes_lock);
    if (notifier_made)
        return true;
    int descriptor = notifier__open();
    if (descriptor < 0)
        return false;
    io_file_init(&notifier_file, &notifier_ops, descriptor, 0);
    OBJECT_COUNT(OBJ_REF_CALL, -1); /* its one reference is never given back */
    notifier_made = io_file_watch(&notifier_file);
    if (!notifier_made)
        close(descriptor);
    return notifier_made;
}
