/* SPDX-License-Identifier: MIT
 *
 * Snapshots as lines of text, for a terminal of any size or for a file. Knows nothing of terminals.
 */
#ifndef IOCPTOP_VIEW_H
#define IOCPTOP_VIEW_H

#include "process.h"
#include "snapshot.h"

#include <sys/types.h>

enum { VIEW_COLUMNS = 160 };

enum view_kind {
    VIEW_PLAIN,
    VIEW_TITLE,
    VIEW_HEADING,
    VIEW_SELECTED,
    VIEW_WARNING,
    VIEW_KEYS,
};

struct view_line {
    enum view_kind kind;
    char text[VIEW_COLUMNS + 1];
};

struct view {
    struct view_line *lines;
    size_t count, room;
};

/* What there is to be shown. */
struct view_content {
    pid_t pid;
    const char *name;
    const struct snapshot *now;    /* NULL: nothing was ever answered */
    const struct snapshot *before; /* NULL: no rates */
    const char *warning;           /* NULL: all is well */
    void (*look)(void *context, uint32_t thread, struct look *look);
    void *context;
};

/* Everything. */
void view_text(struct view *view, const struct view_content *content);

/* What fits: all ports in short, and the selected one as far as there is room. */
struct view_size {
    unsigned rows, columns;
    uint32_t selected; /* index of a port; one that is gone means the last */
    bool paused;
};
void view_screen(struct view *view, const struct view_content *content,
                 const struct view_size *size);

void view_free(struct view *view);

/* A duration for people. */
void view_age(double seconds, char *text, size_t room);

#endif
