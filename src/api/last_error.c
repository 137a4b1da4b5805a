/* SPDX-License-Identifier: MIT
 *
 * The slot itself and the four functions that programs read and write it with; and the status that
 * stands behind it if a Win32 call has failed.
 */
#include "api/last_error.h"

#include <errhandlingapi.h>
#include <winsock2.h>

THREAD_LOCAL uint32_t api__last_error;
THREAD_LOCAL NTSTATUS api__last_status;

int api_fail(NTSTATUS status)
{
    api__last_status = status;
    api__last_error = status_win32(status);
    return FALSE;
}

int api_fail_socket(NTSTATUS status)
{
    api__last_error = (uint32_t)status_winsock(status);
    return SOCKET_ERROR;
}

DWORD WINAPI GetLastError(void)
{
    return api__last_error;
}

void WINAPI SetLastError(DWORD error)
{
    api__last_error = error;
}

int WSAAPI WSAGetLastError(void)
{
    return (int)api__last_error;
}

void WSAAPI WSASetLastError(int error)
{
    api__last_error = (uint32_t)error;
}
