/* SPDX-License-Identifier: MIT
 *
 * The directories below one that is watched. inotify watches single directories, so each has a
 * watch of its own, and a directory that appears gets one as soon as it is heard of; what appeared
 * in it before that is found by looking, and is not told again when its event comes.
 *
 * A directory is at one place in a tree: where a watch turns out to be there already, the older
 * branch is out of date (the directory was moved) and loses it.
 */
#include "file/changes_internal.h"

#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories that wait to be looked into; empty between calls. changes_lock. */
static struct list tree_to_scan = {&tree_to_scan, &tree_to_scan};

struct seen_name {
    struct list link;
    char name[];
};

const char *tree_path(const struct branch *branch, const char *name, char separator,
                      char room[TREE_PATH_BYTES])
{
    size_t length = strlen(name);
    size_t at = TREE_PATH_BYTES - 1 - length;

    memcpy(room + at, name, length + 1);
    for (; branch->parent; branch = branch->parent) {
        length = strlen(branch->name);
        if (length + 1 > at)
            return NULL;
        room[--at] = separator;
        at -= length;
        memcpy(room + at, branch->name, length);
    }
    return room + at;
}

/* The same from the root's descriptor on, as the system takes it. */
static const char *tree__system_path(const struct branch *branch, const char *name)
{
    static char inner[TREE_PATH_BYTES], path[FILE_PATH_BYTES];
    const char *rest = branch->name[0] || name[0] ? tree_path(branch, name, '/', inner) : "";
    int descriptor = file__descriptor(branch->changes->file);

    lock_assert_held(&changes_lock);
    if (!rest ||
        snprintf(path, sizeof path, "/proc/self/fd/%d/%s", descriptor, rest) >= (int)sizeof path)
        return NULL;
    return path;
}

static uint32_t tree__mask(const struct changes *changes)
{
    uint32_t filter = changes->filter;
    uint32_t mask = IN_MOVE_SELF | IN_DELETE_SELF;

    if (changes->subtree || filter & (CHANGE_FILE_NAME | CHANGE_DIR_NAME))
        mask |= IN_CREATE | IN_DELETE | IN_MOVE;
    if (filter & (CHANGE_SIZE | CHANGE_LAST_WRITE))
        mask |= IN_MODIFY;
    if (filter & (CHANGE_ATTRIBUTES | CHANGE_SECURITY | CHANGE_LAST_WRITE))
        mask |= IN_ATTRIB;
    if (filter & CHANGE_LAST_ACCESS)
        mask |= IN_ACCESS;
    return mask;
}

static struct branch *branch__make(struct changes *changes, struct branch *parent, const char *name)
{
    size_t length = strlen(name) + 1;
    struct branch *branch = fault_calloc(1, sizeof *branch + length);

    if (!branch)
        return NULL;
    memcpy(branch->name, name, length);
    branch->changes = changes;
    branch->parent = parent;
    list_init(&branch->children);
    list_init(&branch->seen);
    if (parent)
        list_push_back(&parent->children, &branch->of_parent);
    return branch;
}

static void branch__free(struct branch *branch)
{
    notifier_leave(branch);
    while (!list_empty(&branch->seen)) {
        struct seen_name *seen = LIST_ELEMENT(branch->seen.next, struct seen_name, link);
        list_remove(&seen->link);
        free(seen);
    }
    if (list_linked(&branch->to_scan))
        list_remove(&branch->to_scan);
    if (branch->parent)
        list_remove(&branch->of_parent);
    free(branch);
}

/* The branch and all below, however deep. */
static void branch__cut(struct branch *branch)
{
    struct branch *at = branch;

    for (;;) {
        while (!list_empty(&at->children))
            at = LIST_ELEMENT(at->children.next, struct branch, of_parent);
        struct branch *parent = at->parent;
        bool last = at == branch;
        branch__free(at);
        if (last)
            return;
        at = parent;
    }
}

static struct branch *branch__child(const struct branch *branch, const char *name)
{
    LIST_FOR_EACH(link, &branch->children)
    {
        struct branch *child = LIST_ELEMENT(link, struct branch, of_parent);
        if (strcmp(child->name, name) == 0)
            return child;
    }
    return NULL;
}

/* A negative errno if the directory is not watched now. */
static int branch__watch(struct branch *branch)
{
    const char *path = tree__system_path(branch, "");
    uint32_t flags = branch->parent ? IN_DONT_FOLLOW : 0;

    if (!path)
        return -ENAMETOOLONG;
    return notifier_watch(branch, path, tree__mask(branch->changes) | flags);
}

static struct seen_name *seen__find(const struct branch *branch, const char *name)
{
    LIST_FOR_EACH(link, &branch->seen)
    {
        struct seen_name *seen = LIST_ELEMENT(link, struct seen_name, link);
        if (strcmp(seen->name, name) == 0)
            return seen;
    }
    return NULL;
}

bool tree_forget_seen(struct branch *branch, const char *name)
{
    struct seen_name *seen = seen__find(branch, name);

    if (!seen)
        return false;
    list_remove(&seen->link);
    free(seen);
    return true;
}

static void seen__note(struct branch *branch, const char *name)
{
    size_t length = strlen(name) + 1;
    struct seen_name *seen = fault_malloc(sizeof *seen + length);

    if (!seen) /* then it may be told twice */
        return;
    memcpy(seen->name, name, length);
    list_push_back(&branch->seen, &seen->link);
}

/* The new directory gets a branch, which is to be scanned. STATUS_SUCCESS also if it is gone. */
static NTSTATUS tree__add(struct branch *parent, const char *name, bool fresh)
{
    struct branch *branch = branch__child(parent, name);

    if (!branch)
        branch = branch__make(parent->changes, parent, name);
    if (!branch)
        return STATUS_INSUFFICIENT_RESOURCES;
    int result = branch__watch(branch);
    if (result < 0) {
        branch__cut(branch);
        /* Gone again, replaced by something else, or closed to us: nothing is lost by that. */
        bool passing = result == -ENOENT || result == -ENOTDIR || result == -EACCES;
        return passing ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    branch->fresh = fresh;
    if (!list_linked(&branch->to_scan))
        list_push_back(&tree_to_scan, &branch->to_scan);
    return STATUS_SUCCESS;
}

static bool scan__is_directory(int directory, const struct dirent *entry)
{
    struct stat state;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(directory, entry->d_name, &state, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(state.st_mode);
}

static NTSTATUS scan__entry(struct branch *branch, const struct dirent *entry, bool directory)
{
    uint32_t bit = directory ? CHANGE_DIR_NAME : CHANGE_FILE_NAME;

    if (branch->fresh && !seen__find(branch, entry->d_name)) {
        seen__note(branch, entry->d_name);
        if (branch->changes->filter & bit)
            changes_report(branch->changes, CHANGE_ADDED, branch, entry->d_name);
    }
    return directory ? tree__add(branch, entry->d_name, branch->fresh) : STATUS_SUCCESS;
}

/* What is in one directory. */
static NTSTATUS scan__one(struct branch *branch)
{
    const char *path = tree__system_path(branch, ".");
    NTSTATUS status = STATUS_SUCCESS;
    struct dirent *entry;

    if (!path || fault_hit(FAULT_DESCRIPTOR))
        return STATUS_INSUFFICIENT_RESOURCES;
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT || errno == EACCES ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    DIR *directory = fdopendir(descriptor);
    if (!directory) {
        close(descriptor);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    while (status == STATUS_SUCCESS && (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        bool is_directory = scan__is_directory(dirfd(directory), entry);
        if (is_directory || branch->fresh)
            status = scan__entry(branch, entry, is_directory);
    }
    closedir(directory);
    branch->fresh = false;
    return status;
}

/* Everything below, without recursion: a tree may be as deep as its owner likes. */
static NTSTATUS scan__all(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    while (!list_empty(&tree_to_scan)) {
        struct branch *branch = LIST_ELEMENT(tree_to_scan.next, struct branch, to_scan);
        list_remove(&branch->to_scan);
        if (status == STATUS_SUCCESS)
            status = scan__one(branch);
    }
    return status;
}

void tree_grow(struct branch *branch, const char *name, bool fresh)
{
    struct changes *changes = branch->changes;
    NTSTATUS status = tree__add(branch, name, fresh);
    if (status == STATUS_SUCCESS)
        status = scan__all();
    /* What happens there from now on is not heard. */
    if (status != STATUS_SUCCESS)
        changes_lose(changes);
}

void tree_cut(struct branch *branch, const char *name)
{
    struct branch *child = branch__child(branch, name);

    if (child)
        branch__cut(child);
}

/* All that the one has is the other's. */
static void branch__inherit(struct branch *branch, struct branch *from)
{
    while (!list_empty(&from->children)) {
        struct branch *below = LIST_ELEMENT(from->children.next, struct branch, of_parent);
        list_remove(&below->of_parent);
        list_push_back(&branch->children, &below->of_parent);
        below->parent = branch;
    }
    while (!list_empty(&from->seen)) {
        struct list *link = from->seen.next;
        list_remove(link);
        list_push_back(&branch->seen, link);
    }
}

void tree_move(struct branch *from, const char *name, struct branch *to, const char *new_name)
{
    tree_cut(to, new_name); /* it was replaced */
    struct branch *child = branch__child(from, name);
    if (!child) {
        tree_grow(to, new_name, false);
        return;
    }
    struct branch *moved = branch__make(to->changes, to, new_name);
    if (!moved) {
        branch__cut(child);
        changes_lose(to->changes);
        return;
    }
    branch__inherit(moved, child);
    /* Watched anew by its new name: should that be another directory by now, that one counts. */
    int result = branch__watch(moved);
    branch__cut(child);
    if (result < 0)
        branch__cut(moved);
}

void tree_lost(struct branch *branch)
{
    struct changes *changes = branch->changes;

    if (branch->parent)
        branch__cut(branch);
    else if (branch == changes->root)
        changes_end(changes);
    else
        notifier_leave(branch);
}

void tree_guard(struct changes *changes)
{
    const char *path = tree__system_path(changes->parent, "..");

    notifier_leave(changes->parent);
    if (path) /* whoever may not look there does without */
        notifier_watch(changes->parent, path, IN_DELETE | IN_MOVED_FROM);
}

NTSTATUS tree_plant(struct changes *changes)
{
    changes->root = branch__make(changes, NULL, "");
    changes->parent = branch__make(changes, NULL, "");
    if (!changes->root || !changes->parent)
        return STATUS_INSUFFICIENT_RESOURCES;
    changes->parent->guards = true;
    int result = branch__watch(changes->root);
    if (result == -ENOENT || result == -ENOTDIR)
        return STATUS_INVALID_DEVICE_REQUEST; /* nothing here tells of changes */
    if (result < 0)
        return result == -EACCES ? STATUS_ACCESS_DENIED : STATUS_INSUFFICIENT_RESOURCES;
    tree_guard(changes);
    if (!changes->subtree)
        return STATUS_SUCCESS;
    list_push_back(&tree_to_scan, &changes->root->to_scan);
    return scan__all();
}

void tree_fell(struct changes *changes)
{
    if (changes->root)
        branch__cut(changes->root);
    if (changes->parent)
        branch__cut(changes->parent);
    changes->root = changes->parent = NULL;
}

void tree_refresh(struct changes *changes)
{

    if (!changes->subtree || changes->gone)
        return;
    list_push_back(&tree_to_scan, &changes->root->to_scan);
    scan__all();
}
