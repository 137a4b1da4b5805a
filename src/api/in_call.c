/* SPDX-License-Identifier: MIT
 *
 * See in_call.h. No state.
 */
#include "api/in_call.h"

#include "base/clock.h"
#include "io/result.h"

#include <ntstatus.h>
#define WIN32_NO_STATUS
#include <windows.h>

NTSTATUS in_call(uintptr_t handle, NTSTATUS (*start)(void *context, OVERLAPPED *own), void *context,
                 DWORD *bytes)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    OVERLAPPED own = {.hEvent = (HANDLE)((ULONG_PTR)event | 1)}; /* and no packet (PKT-8) */
    bool wait_failed;

    if (!event)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = start(context, &own);
    if (status == STATUS_PENDING)
        status = io_result(handle, &own, bytes, CLOCK_FOREVER, true, false, &wait_failed);
    CloseHandle(event);
    return status;
}
