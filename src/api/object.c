/* SPDX-License-Identifier: MIT
 *
 * Handles and names on their way in. Takes no lock of its own.
 */
#include "status/codes.h"
#include "api/object.h"

#include "net/net.h"
#include "wait/apc.h"
#include "wait/process.h"
#include "wait/thread.h"

#include <string.h>

#ifndef MAX_PATH
#define MAX_PATH 260
#endif

struct object *api_object(const void *handle)
{
    struct object *object = NULL;

    if ((uintptr_t)handle == API_CURRENT_PROCESS) {
        object = &process_self.object;
    } else if ((uintptr_t)handle == API_CURRENT_THREAD) {
        struct thread *thread = thread_current();
        object = thread ? &thread->dispatcher.object : NULL;
    } else {
        return handle_get((uintptr_t)handle);
    }
    if (object)
        object_ref(object, OBJ_REF_CALL);
    return object;
}

struct object *api_object_of(const void *handle, const struct object_ops *ops)
{
    struct object *object = api_object(handle);

    if (object && object->ops != ops) {
        object_unref(object, OBJ_REF_CALL);
        return NULL;
    }
    return object;
}

struct dispatcher *api_waitable(const void *handle)
{
    struct object *object = api_object(handle);

    if (object && !object->ops->waitable) {
        object_unref(object, OBJ_REF_CALL);
        return NULL;
    }
    return object ? CONTAINER_OF(object, struct dispatcher, object) : NULL;
}

struct io_file *api_file(const void *handle)
{
    struct object *object = handle ? handle_get((uintptr_t)handle) : NULL;

    if (!object) {
        struct socket *socket = handle ? socket_get((uintptr_t)handle) : NULL;
        return socket ? socket_file(socket) : NULL;
    }
    if (!object->ops->io) {
        object_unref(object, OBJ_REF_CALL);
        return NULL;
    }
    return (struct io_file *)object;
}

void api_file_unref(struct io_file *file)
{
    object_unref(file_object(file), OBJ_REF_CALL);
}

NTSTATUS api_name(const char *given, const char **name)
{
    static const char local[] = "Local\\", global[] = "Global\\";
    const char *rest = given;

    *name = NULL;
    if (!given)
        return STATUS_SUCCESS;
    if (strlen(given) >= API_NAME_BYTES)
        return STATUS_OBJECT_NAME_INVALID;
    if (strncmp(given, local, sizeof local - 1) == 0)
        rest = given += sizeof local - 1;
    else if (strncmp(given, global, sizeof global - 1) == 0)
        rest = given + sizeof global - 1;
    /* No other directories of names exist. */
    if (strchr(rest, '\\'))
        return STATUS_OBJECT_PATH_NOT_FOUND;
    *name = given;
    return STATUS_SUCCESS;
}

/* One character in UTF-8; the place after it. */
static char *name__encode(char *out, uint32_t character)
{
    if (character < 0x80) {
        *out++ = (char)character;
    } else if (character < 0x800) {
        *out++ = (char)(0xc0 | character >> 6);
        *out++ = (char)(0x80 | (character & 0x3f));
    } else if (character < 0x10000) {
        *out++ = (char)(0xe0 | character >> 12);
        *out++ = (char)(0x80 | (character >> 6 & 0x3f));
        *out++ = (char)(0x80 | (character & 0x3f));
    } else {
        *out++ = (char)(0xf0 | character >> 18);
        *out++ = (char)(0x80 | (character >> 12 & 0x3f));
        *out++ = (char)(0x80 | (character >> 6 & 0x3f));
        *out++ = (char)(0x80 | (character & 0x3f));
    }
    return out;
}

NTSTATUS api_wide_name(const uint16_t *given, char room[API_NAME_BYTES], const char **name)
{
    char *out = room;
    unsigned units = 0;

    *name = NULL;
    if (!given)
        return STATUS_SUCCESS;
    for (; given[units]; units++) {
        uint32_t character = given[units];
        if (units == MAX_PATH)
            return STATUS_OBJECT_NAME_INVALID;
        if ((character & 0xfc00) == 0xd800 && (given[units + 1] & 0xfc00) == 0xdc00)
            character = 0x10000 + ((character & 0x3ff) << 10) + (given[++units] & 0x3ffu);
        out = name__encode(out, character);
    }
    *out = 0;
    return api_name(room, name);
}
