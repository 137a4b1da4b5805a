/* SPDX-License-Identifier: MIT
 *
 * Handles and names on their way in, as the NT layer has them (WAIT-20). Takes no lock of its own.
 */
#include "status/codes.h"
#include "api/native_object.h"

#include "wait/name.h"

#include <string.h>
#include <windows.h>
#include <winternl.h>

static const char objects_directory[] = "\\BaseNamedObjects\\";
static const char global_prefix[] = "Global\\";

NTSTATUS native_get(const void *handle, const struct object_ops *ops, struct dispatcher **result)
{
    struct object *object = api_object(handle);
    bool fits = object && (ops ? object->ops == ops : object->ops->waitable != NULL);

    *result = fits ? CONTAINER_OF(object, struct dispatcher, object) : NULL;
    if (fits)
        return STATUS_SUCCESS;
    if (!object)
        return STATUS_INVALID_HANDLE;
    object_unref(object, OBJ_REF_CALL);
    return STATUS_OBJECT_TYPE_MISMATCH;
}

/* ---- names ---- */

/* A counted name that is taken apart from the front. */
struct counted {
    const uint16_t *text;
    unsigned units;
};

static bool counted__skip(struct counted *name, const char *prefix)
{
    unsigned length = (unsigned)strlen(prefix);

    if (name->units < length)
        return false;
    for (unsigned index = 0; index < length; index++) {
        uint16_t unit = name->text[index];
        bool same = unit == (unsigned char)prefix[index] ||
                    ((unit | 0x20) == ((unsigned char)prefix[index] | 0x20) &&
                     (unit | 0x20) >= 'a' && (unit | 0x20) <= 'z');
        if (!same)
            return false;
    }
    name->text += length;
    name->units -= length;
    return true;
}

/* The directories that exist: that of all sessions, and each session's own, which here is one. */
static bool counted__skip_directory(struct counted *name, bool *global)
{
    *global = counted__skip(name, objects_directory);
    if (*global)
        return true;
    if (!counted__skip(name, "\\Sessions\\"))
        return false;
    while (name->units && *name->text >= '0' && *name->text <= '9') {
        name->text++;
        name->units--;
    }
    return counted__skip(name, objects_directory);
}

/* In UTF-8, as Win32 calls spell it. */
static NTSTATUS counted__spell(const struct counted *name, bool global, char room[API_NAME_BYTES],
                               const char **spelled)
{
    uint16_t wide[sizeof global_prefix + MAX_PATH];
    unsigned units = 0;

    if (name->units == 0 || name->units > MAX_PATH)
        return STATUS_OBJECT_NAME_INVALID;
    for (const char *letter = global_prefix; global && *letter; letter++)
        wide[units++] = (unsigned char)*letter;
    for (unsigned index = 0; index < name->units; index++) {
        if (!name->text[index])
            return STATUS_OBJECT_NAME_INVALID;
        wide[units++] = name->text[index];
    }
    wide[units] = 0;
    return api_wide_name(wide, room, spelled);
}

static NTSTATUS native__name(const OBJECT_ATTRIBUTES *attributes, char room[API_NAME_BYTES],
                             const char **name)
{
    bool global;

    *name = NULL;
    if (!attributes)
        return STATUS_SUCCESS;
    if (attributes->Length != sizeof *attributes)
        return STATUS_INVALID_PARAMETER;
    const UNICODE_STRING *given = attributes->ObjectName;
    if (!given || given->Length == 0)
        return STATUS_SUCCESS;
    struct counted rest = {(const uint16_t *)given->Buffer, given->Length / sizeof(uint16_t)};
    if (attributes->RootDirectory)
        return STATUS_INVALID_HANDLE;
    if (given->Length % sizeof(uint16_t))
        return STATUS_OBJECT_NAME_INVALID;
    if (*rest.text != '\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (!counted__skip_directory(&rest, &global))
        return STATUS_OBJECT_PATH_NOT_FOUND;
    return counted__spell(&rest, global, room, name);
}

NTSTATUS native_publish(struct dispatcher *fresh, const OBJECT_ATTRIBUTES *attributes,
                        HANDLE *handle)
{
    char room[API_NAME_BYTES];
    const char *name;
    uintptr_t opened = 0;
    NTSTATUS status = fresh ? native__name(attributes, room, &name) : (NTSTATUS)STATUS_NO_MEMORY;

    if (status == STATUS_SUCCESS)
        status = name_create(fresh, name, &opened);
    if (fresh)
        object_unref(&fresh->object, OBJ_REF_CALL);
    /* So the Win32 calls have it, whose error number is the same. */
    if (status == STATUS_INVALID_HANDLE && !attributes->RootDirectory)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    if (status == STATUS_OBJECT_NAME_EXISTS && !(attributes->Attributes & OBJ_OPENIF)) {
        NtClose((HANDLE)opened);
        status = STATUS_OBJECT_NAME_COLLISION;
    }
    if (status >= 0)
        *handle = (HANDLE)opened;
    return status;
}

NTSTATUS native_open(const struct object_ops *ops, const OBJECT_ATTRIBUTES *attributes,
                     HANDLE *handle)
{
    char room[API_NAME_BYTES];
    const char *name;
    uintptr_t opened = 0;
    NTSTATUS status = native__name(attributes, room, &name);

    if (status < 0)
        return status;
    if (!name)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    status = name_open(name, ops, &opened);
    if (status == STATUS_INVALID_HANDLE)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (status >= 0)
        *handle = (HANDLE)opened;
    return status;
}
