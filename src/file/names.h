/* SPDX-License-Identifier: MIT
 *
 * What is done to names: files and directories made, moved, copied, removed, listed (rules NS).
 * Names are UTF-8 as programs write them (docs/files.md). Every function returns a status.
 */
#ifndef FILE_NAMES_H
#define FILE_NAMES_H

#include "file/file.h"

/* names.c */
NTSTATUS names_make_directory(const char *name);
NTSTATUS names_remove_directory(const char *name);
NTSTATUS names_delete(const char *name);
/* Attributes of what a link leads to, and that it is a link. */
NTSTATUS names_facts(const char *name, struct file_facts *facts);
NTSTATUS names_set_attributes(const char *name, uint32_t attributes);
/* NULL: the current directory. */
NTSTATUS names_space(const char *name, uint64_t *available, uint64_t *total, uint64_t *free_bytes);
struct names_clusters {
    uint32_t sectors, sector_bytes; /* of a cluster, of a sector */
    uint32_t available, total;      /* clusters */
};
NTSTATUS names_clusters(const char *name, struct names_clusters *clusters);

/* move.c */
enum names_move_flags { NAMES_REPLACE = 1, NAMES_MAY_COPY = 2, NAMES_WRITE_THROUGH = 8 };
NTSTATUS names_move(const char *from, const char *to, uint32_t flags);
NTSTATUS names_copy(const char *from, const char *to, bool replace);

/* replace.c; `backup` may be NULL. */
enum names_replace_flags { NAMES_REPLACE_THROUGH = 1, NAMES_IGNORE_RIGHTS = 2 | 4 };
NTSTATUS names_replace(const char *replaced, const char *replacement, const char *backup,
                       uint32_t flags);

/* place.c: names of places, with slashes, in `room` of FILE_PATH_BYTES bytes. */
NTSTATUS names_here(char *room);
NTSTATUS names_go(const char *name);
NTSTATUS names_full(const char *name, char *room);
void names_temporary(char *room);
/* Makes a file with a new name if *unique is 0 and stores its number there. */
NTSTATUS names_temporary_file(const char *directory, const char *prefix, uint32_t *unique,
                              char *room);

/* search.c: a search is behind a handle; `name`'s last part may hold * and ?. */
extern const struct object_ops search_ops;
struct search;
struct search_found {
    const char *name; /* until the next call */
    struct file_facts facts;
    bool is_link;
};
NTSTATUS search_open(const char *name, bool directories_only, uintptr_t *handle,
                     struct search_found *found);
/* STATUS_NO_MORE_FILES. */
NTSTATUS search_next(struct search *search, struct search_found *found);

#endif
