/* SPDX-License-Identifier: MIT
 *
 * WSAStartup and WSACleanup.
 */
#include "api/winsock.h"

#include "object/handle.h"

#include <stdio.h>
#include <string.h>

_Atomic uint32_t winsock_users;

enum { WINSOCK_MAJOR = 2, WINSOCK_MINOR = 2 };

int WSAAPI WSAStartup(WORD version, LPWSADATA data)
{
    if (!data || !probe_writable(data, sizeof *data))
        return WSAEFAULT;
    if (LOBYTE(version) < 1)
        return WSAVERNOTSUPPORTED;
    bool newer = LOBYTE(version) > WINSOCK_MAJOR ||
                 (LOBYTE(version) == WINSOCK_MAJOR && HIBYTE(version) > WINSOCK_MINOR);
    memset(data, 0, sizeof *data);
    data->wVersion = newer ? MAKEWORD(WINSOCK_MAJOR, WINSOCK_MINOR) : version;
    data->wHighVersion = MAKEWORD(WINSOCK_MAJOR, WINSOCK_MINOR);
    snprintf(data->szDescription, sizeof data->szDescription, "libiocp");
    snprintf(data->szSystemStatus, sizeof data->szSystemStatus, "Running");
    atomic_fetch_add(&winsock_users, 1);
    return 0;
}

static bool winsock__close_socket(struct object *object, uintptr_t handle, void *unused)
{
    (void)unused;
    if (object->ops == &socket_ops)
        socket_close(handle);
    return true;
}

/* DOWN-6: the last one closes all sockets. */
int WSAAPI WSACleanup(void)
{
    uint32_t users = atomic_load(&winsock_users);

    do {
        if (users == 0)
            return winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
    } while (!atomic_compare_exchange_weak(&winsock_users, &users, users - 1));
    if (users != 1)
        return api_succeed_socket();
    winsock_forget_duplicates();
    handle_each(HANDLES_DESCRIPTORS, winsock__close_socket, NULL);
    return api_succeed_socket();
}
