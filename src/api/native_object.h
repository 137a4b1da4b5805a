/* SPDX-License-Identifier: MIT
 *
 * What the files of the NT layer share.
 */
#ifndef API_NATIVE_OBJECT_H
#define API_NATIVE_OBJECT_H

#include "api/object.h"
#include "base/clock.h"
#include "wait/timer.h"

#include <ntdef.h>

/* 100 nanoseconds; negative: from now, positive: since 1601, NULL: for ever. Zero is past and costs
 * no look at the clock. */
static inline int64_t native_deadline(const LARGE_INTEGER *timeout)
{
    if (!timeout)
        return CLOCK_FOREVER;
    return timeout->QuadPart == 0 ? 0 : timer_deadline(timeout->QuadPart);
}

/* The object behind a handle, with a reference for the call (OBJ_REF_CALL), if it is of this kind,
 * or with NULL if it can be waited for. STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH; *object
 * is NULL then. */
NTSTATUS native_get(const void *handle, const struct object_ops *ops, struct dispatcher **object);

/* A handle for a new object, whose reference (OBJ_REF_CALL) ends here, under the name in the
 * attributes, which may be NULL; as the objects' part of iocp_nt_wait.h says. NULL: there was no
 * memory for one. */
NTSTATUS native_publish(struct dispatcher *fresh, const OBJECT_ATTRIBUTES *attributes,
                        HANDLE *handle);

/* A handle for the object of this kind that the attributes name. */
NTSTATUS native_open(const struct object_ops *ops, const OBJECT_ATTRIBUTES *attributes,
                     HANDLE *handle);

#endif
