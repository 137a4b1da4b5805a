/* SPDX-License-Identifier: MIT
 *
 * Winsock's names for events and waits (NETEV-10).
 */
#include "api/winsock.h"

#include <windows.h>

WSAEVENT WSAAPI WSACreateEvent(void)
{
    return CreateEventA(NULL, TRUE, FALSE, NULL);
}

BOOL WSAAPI WSASetEvent(WSAEVENT event)
{
    return SetEvent(event);
}

BOOL WSAAPI WSAResetEvent(WSAEVENT event)
{
    return ResetEvent(event);
}

BOOL WSAAPI WSACloseEvent(WSAEVENT event)
{
    return CloseHandle(event);
}

DWORD WSAAPI WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all,
                                      DWORD milliseconds, BOOL alertable)
{
    return WaitForMultipleObjectsEx(count, events, all, milliseconds, alertable);
}
