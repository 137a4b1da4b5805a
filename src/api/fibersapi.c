/* SPDX-License-Identifier: MIT
 *
 * Fiber-local storage. There are no fibers, so a slot is a thread's, with a callback at its end.
 */
#include "status/codes.h"
#include "api/last_error.h"

#include "wait/local.h"

#include <fibersapi.h>

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback)
{
    uint32_t slot = local_alloc(LOCAL_FLS, callback);

    if (slot == LOCAL_NONE)
        api_fail(STATUS_NO_MEMORY);
    return slot;
}

BOOL WINAPI FlsFree(DWORD index)
{
    NTSTATUS status = local_free(LOCAL_FLS, index);

    return status < 0 ? api_fail(status) : TRUE;
}

PVOID WINAPI FlsGetValue(DWORD index)
{
    void *value;
    NTSTATUS status = local_get(LOCAL_FLS, index, &value);

    if (status < 0)
        api_fail(status);
    else
        api_set_last_error(0);
    return value;
}

BOOL WINAPI FlsSetValue(DWORD index, PVOID value)
{
    NTSTATUS status = local_set(LOCAL_FLS, index, value);

    return status < 0 ? api_fail(status) : TRUE;
}
