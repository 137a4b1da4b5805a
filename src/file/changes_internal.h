/* SPDX-License-Identifier: MIT
 *
 * Directories that are watched (rules RDC): what is kept between two calls, the tree of directories
 * below each, and the process's one inotify descriptor. changes_lock guards all of it.
 */
#ifndef FILE_CHANGES_INTERNAL_H
#define FILE_CHANGES_INTERNAL_H

#include "file/file_internal.h"

extern struct lock changes_lock;

/* One directory handle that has been asked for changes; made by the first call. */
struct changes {
    struct list link;    /* of all; changes.c */
    struct list touched; /* has something to deliver; changes.c */
    struct file *file;   /* has this; not referenced: ends with its last handle */
    uint32_t filter;     /* FILE_NOTIFY_CHANGE_*, the first call's */
    bool subtree;
    bool lost;     /* more happened than is kept (RDC-4) */
    bool gone;     /* the directory was removed */
    uint8_t *kept; /* a list of FILE_NOTIFY_INFORMATION */
    uint32_t room; /* bytes of `kept`: as many as the first call's buffer had */
    uint32_t used;
    uint32_t last;       /* where the last entry begins */
    struct list waiting; /* struct change_wait */
    struct branch *root, *parent;
};

enum change_action {
    CHANGE_ADDED = 1,
    CHANGE_REMOVED,
    CHANGE_MODIFIED,
    CHANGE_OLD_NAME,
    CHANGE_NEW_NAME,
};

enum change_filter {
    CHANGE_FILE_NAME = 0x001,
    CHANGE_DIR_NAME = 0x002,
    CHANGE_ATTRIBUTES = 0x004,
    CHANGE_SIZE = 0x008,
    CHANGE_LAST_WRITE = 0x010,
    CHANGE_LAST_ACCESS = 0x020,
    CHANGE_SECURITY = 0x100,
    CHANGE_VALID = 0xFFF,
};

/* A directory of a tree that is watched. The root has no name; so has its parent, which is watched
 * only for the root's removal, of which an open directory hears nothing itself. */
struct branch {
    struct list of_watch;
    struct list of_parent; /* among its siblings */
    struct list children;
    struct list to_scan;
    struct list seen; /* struct seen_name: told of by a scan, and perhaps by an event to come */
    struct branch *parent;
    struct changes *changes;
    struct watch *watch; /* NULL: there is none any more */
    bool guards;         /* the root's parent */
    bool fresh;          /* what a scan finds in it is new */
    char name[];
};

/* One of inotify's, shared by all trees that the directory is part of. */
struct watch {
    struct list link; /* the table's chain */
    struct list branches;
    int number;
};

/* changes.c: keeps a change, or notes that one was lost. Name: of something in the branch. */
void changes_report(struct changes *changes, enum change_action action, struct branch *branch,
                    const char *name);
void changes_lose(struct changes *changes);
void changes_end(struct changes *changes); /* the directory is gone */
void changes_each(void (*visit)(struct changes *changes));
/* Hands on what was kept to those who wait. */
void changes_deliver_all(void);

/* change_tree.c */
/* Watches the directory, its parent, and all below if it is to be. */
NTSTATUS tree_plant(struct changes *changes);
void tree_fell(struct changes *changes);
/* A directory has appeared in the branch. `fresh`: and whatever is in it. */
void tree_grow(struct branch *branch, const char *name, bool fresh);
void tree_cut(struct branch *branch, const char *name);
/* It has another name, perhaps in another branch of the same tree. */
void tree_move(struct branch *from, const char *name, struct branch *to, const char *new_name);
/* The branch's own directory was removed, or cannot be watched any longer. */
void tree_lost(struct branch *branch);
/* The root was moved: its parent is another. */
void tree_guard(struct changes *changes);
/* Looks for directories that nobody has told of. */
void tree_refresh(struct changes *changes);
/* Whether a scan has told of the name already; forgets it. */
bool tree_forget_seen(struct branch *branch, const char *name);
/* The branch's path within the tree and a name in it, ending at the end of `room`; NULL: too long.
 */
enum { TREE_PATH_BYTES = 2 * FILE_PATH_BYTES };
const char *tree_path(const struct branch *branch, const char *name, char separator,
                      char room[TREE_PATH_BYTES]);

/* change_notifier.c */
/* Watches the directory of that path for the branch; a negative errno if that fails. */
int notifier_watch(struct branch *branch, const char *path, uint32_t mask);
void notifier_leave(struct branch *branch);
bool notifier_start(void);
/* Takes in what the system has to tell. */
void notifier_drain(void);

#endif
