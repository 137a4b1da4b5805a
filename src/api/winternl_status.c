/* SPDX-License-Identifier: MIT
 *
 * winternl.h's reading of a status.
 */
#include "status/status.h"

#include <winternl.h>

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS status)
{
    return status_dos_error(status);
}
