/* SPDX-License-Identifier: MIT
 *
 * Winsock's names for events and waits, and network events (rules NETEV).
 */
#include "api/winsock.h"

#include "object/handle.h"
#include "wait/event.h"

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

static struct dispatcher *winsock__event(WSAEVENT handle)
{
    return (struct dispatcher *)handle_get_kind((uintptr_t)handle, &event_ops, NULL);
}

static void winsock__event_unref(struct dispatcher *event)
{
    if (event)
        object_unref(&event->object, OBJ_REF_CALL);
}

int WSAAPI WSAEventSelect(SOCKET handle, WSAEVENT event_handle, LONG events)
{
    NTSTATUS status;
    struct socket *socket = winsock_socket(handle, &status);

    if (!socket)
        return winsock_return(status);
    struct dispatcher *event = event_handle ? winsock__event(event_handle) : NULL;
    if ((event_handle && !event) || (events & ~FD_ALL_EVENTS))
        status = STATUS_INVALID_PARAMETER;
    else
        status = socket_select_events(socket, event, (uint32_t)events);
    winsock__event_unref(event);
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI WSAEnumNetworkEvents(SOCKET handle, WSAEVENT event_handle, LPWSANETWORKEVENTS found)
{
    NTSTATUS status;
    int errors[NET_EVENT_BITS] = {0};
    uint32_t events;
    struct socket *socket = winsock_socket(handle, &status);

    if (!socket)
        return winsock_return(status);
    struct dispatcher *event = event_handle ? winsock__event(event_handle) : NULL;
    if (event_handle && !event)
        status = STATUS_INVALID_PARAMETER;
    else if (!found || !probe_writable(found, sizeof *found))
        status = STATUS_ACCESS_VIOLATION;
    else
        status = socket_take_events(socket, event, &events, errors);
    if (status == STATUS_SUCCESS) {
        memset(found, 0, sizeof *found);
        found->lNetworkEvents = (LONG)events;
        memcpy(found->iErrorCode, errors, sizeof errors);
    }
    winsock__event_unref(event);
    socket_unref(socket);
    return winsock_return(status);
}
