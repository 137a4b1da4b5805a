/* SPDX-License-Identifier: MIT
 *
 * The NT layer's reading of a status.
 */
#include "api/last_error.h"

#include <iocp_nt_rtl.h>

ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS status)
{
    return status_dos_error(status);
}

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status)
{
    api__last_status = status;
    return status_dos_error(status);
}

NTSTATUS NTAPI RtlGetLastNtStatus(VOID)
{
    return api__last_status;
}
