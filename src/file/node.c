/* SPDX-License-Identifier: MIT
 *
 * What this process has open of each inode: who shares what with whom, and whether the name goes
 * when the last is closed.
 *
 * node_lock, a leaf, guards the table, and of every node the fields that say so.
 */
#include "file/file_internal.h"

#include "base/fault.h"

#include <stdlib.h>

enum { NODE_CHAINS = 256 };

static struct lock node_lock;
static struct list node_chains[NODE_CHAINS];

static struct list *node__chain(dev_t device, ino_t inode)
{
    struct list *chain = &node_chains[(inode ^ inode >> 8 ^ device) % NODE_CHAINS];

    lock_assert_held(&node_lock);
    if (!list_linked(chain))
        list_init(chain);
    return chain;
}

static struct file_node *node__find(dev_t device, ino_t inode)
{
    struct list *chain = node__chain(device, inode);

    LIST_FOR_EACH(link, chain)
    {
        struct file_node *node = LIST_ELEMENT(link, struct file_node, link);
        if (node->device == device && node->inode == inode)
            return node;
    }
    return NULL;
}

static struct file_node *node__make(dev_t device, ino_t inode)
{
    struct file_node *node = fault_calloc(1, sizeof *node);

    lock_assert_held(&node_lock);
    if (!node)
        return NULL;
    node->device = device;
    node->inode = inode;
    list_init(&node->files);
    list_init(&node->locks);
    list_push_front(node__chain(device, inode), &node->link);
    return node;
}

/* What one does the other has to allow, and the other way round. Who does none of it (attributes
 * only) disturbs nobody. */
static NTSTATUS node__check(const struct file_node *node, const struct file *file)
{
    lock_assert_held(&node_lock);
    if (node->delete_pending)
        return STATUS_DELETE_PENDING;
    if (!file->uses)
        return STATUS_SUCCESS;
    LIST_FOR_EACH(link, &node->files)
    {
        const struct file *other = LIST_ELEMENT(link, struct file, of_node);
        if (other->uses && ((file->uses & ~other->shares) || (other->uses & ~file->shares)))
            return STATUS_SHARING_VIOLATION;
    }
    return STATUS_SUCCESS;
}

static bool node__is_open(dev_t device, ino_t inode)
{
    lock_take(&node_lock);
    const struct file_node *node = node__find(device, inode);
    bool open = node && node->count;
    lock_drop(&node_lock);
    return open;
}

/* Before who has it open counts: the C library may have closed it (FILE-19). `other` as in
 * file_forget_closed. */
static void node__forget_closed(dev_t device, ino_t inode, int other)
{
    if (file_are_given() && node__is_open(device, inode))
        file_forget_closed(other);
}

NTSTATUS node_join(struct file *file, dev_t device, ino_t inode)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    node__forget_closed(device, inode, file__descriptor(file));
    lock_take(&node_lock);
    struct file_node *node = node__find(device, inode);
    if (!node)
        node = node__make(device, inode);
    if (node)
        status = node__check(node, file);
    if (status == STATUS_SUCCESS) {
        file->node = node;
        node->references++;
        node->count++;
        list_push_back(&node->files, &file->of_node);
    } else if (node && node->references == 0) {
        list_remove(&node->link);
        free(node);
    }
    lock_drop(&node_lock);
    return status;
}

void node_leave(struct file *file)
{
    struct file_node *node = file->node;

    if (!node)
        return;
    lock_drop_all(file);
    lock_take(&node_lock);
    list_remove(&file->of_node);
    if (file_has(file, FILE_DELETES))
        node->delete_pending = true;
    bool marked = node->delete_pending && file_has(file, FILE_IS_DIRECTORY);
    bool unlinks = --node->count == 0 && node->delete_pending;
    lock_drop(&node_lock);
    if (marked)
        changes_deleted(node);
    if (!unlinks)
        return;
    /* Until the name is gone who opens it hears that it is being deleted. */
    file_unlink(file);
    lock_take(&node_lock);
    node->delete_pending = false;
    lock_drop(&node_lock);
}

static void node__unref(struct file_node *node)
{
    lock_take(&node_lock);
    bool last = --node->references == 0;
    if (last)
        list_remove(&node->link);
    lock_drop(&node_lock);
    if (last)
        free(node);
}

void node_forget(struct file *file)
{
    if (file->node)
        node__unref(file->node);
}

bool node_is_open(dev_t device, ino_t inode)
{
    node__forget_closed(device, inode, -1);
    return node__is_open(device, inode);
}

bool node_is_mapped(const struct file *file)
{
    return file->node && atomic_load(&file->node->sections);
}

static NTSTATUS node__check_delete(const struct file_node *node)
{
    lock_assert_held(&node_lock);
    if (node && atomic_load(&node->sections))
        return STATUS_CANNOT_DELETE;
    if (!node || !node->count)
        return STATUS_SUCCESS;
    if (node->delete_pending)
        return STATUS_DELETE_PENDING;
    LIST_FOR_EACH(link, &node->files)
    {
        const struct file *other = LIST_ELEMENT(link, struct file, of_node);
        if (other->uses && !(other->shares & FILE_USES_DELETE))
            return STATUS_SHARING_VIOLATION;
    }
    return STATUS_SUCCESS;
}

NTSTATUS node_check_delete(dev_t device, ino_t inode)
{
    node__forget_closed(device, inode, -1);
    lock_take(&node_lock);
    NTSTATUS status = node__check_delete(node__find(device, inode));
    lock_drop(&node_lock);
    return status;
}

NTSTATUS node_delete(dev_t device, ino_t inode)
{
    node__forget_closed(device, inode, -1);
    lock_take(&node_lock);
    struct file_node *node = node__find(device, inode);
    NTSTATUS status = node__check_delete(node);
    if (status == STATUS_SUCCESS && node && node->count) {
        node->delete_pending = true;
        node->references++; /* for the call below */
        status = STATUS_PENDING;
    }
    lock_drop(&node_lock);
    if (status == STATUS_PENDING) {
        changes_deleted(node);
        node__unref(node);
    }
    return status;
}

bool node_delete_pending(struct file *file)
{
    lock_take(&node_lock);
    bool pending = file_has(file, FILE_DELETES) || (file->node && file->node->delete_pending);
    lock_drop(&node_lock);
    return pending;
}
