/* SPDX-License-Identifier: MIT
 *
 * The names of registered I/O: completion queues, request queues, registered buffers. A name is the
 * place in a table and how often that place was used, so that a stale or invented one is told from
 * a living one without looking behind it. They are no handles: CloseHandle does not know them.
 */
#ifndef RIO_ID_H
#define RIO_ID_H

#include "object/object.h"

#include <stdint.h>

enum rio_id_kind { RIO_ID_QUEUE, RIO_ID_REQUESTS, RIO_ID_BUFFER, RIO_ID_KINDS };

/* What a name stands for: an object that lives in a slab, or a stretch of memory. */
struct rio_named {
    void *value;
    uint32_t length;
};

/* A new name; 0 when memory is short. It holds no reference: who opened it closes it in time. */
uintptr_t rio_id_open(enum rio_id_kind kind, const struct rio_named *named);

/* Ends a name; false if it was none of this kind: of several closers one wins. */
bool rio_id_close(uintptr_t id, enum rio_id_kind kind, struct rio_named *named);

/* What a name stood for at one moment of the call. */
bool rio_id_find(uintptr_t id, enum rio_id_kind kind, struct rio_named *named);

/* The object behind a name with a reference (OBJ_REF_CALL), or NULL. The reference that the object
 * has for its name is given back after the name is closed. */
struct object *rio_id_get(uintptr_t id, enum rio_id_kind kind);

#endif
