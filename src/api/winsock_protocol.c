/* SPDX-License-Identifier: MIT
 *
 * Protocols and what describes them: WSAEnumProtocols, SO_PROTOCOL_INFO, WSASocket and
 * WSADuplicateSocket, which hands a socket on by such a description (rules DUP, OPT-4).
 *
 * The W and A structures differ in their last field, the name, alone. protocol_lock, a leaf, guards
 * the list of duplicates that no WSASocket has taken yet.
 */
#include "api/winsock.h"
#include "net/registered.h"
#include "base/fault.h"
#include "base/list.h"
#include "base/lock.h"
#include "net/ioctl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <afunix.h>
#include <ws2tcpip.h>

#define STREAM_SERVICES                                                                            \
    (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES)
#define DATAGRAM_SERVICES                                                                          \
    (XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT |  \
     XP1_IFS_HANDLES)
#define IPV4_PROVIDER                                                                              \
    {                                                                                              \
        0xe70f1aa0, 0xab8b, 0x11cf,                                                                \
        {                                                                                          \
            0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92                                         \
        }                                                                                          \
    }
#define IPV6_PROVIDER                                                                              \
    {                                                                                              \
        0xf9eab0c0, 0x26d4, 0x11d0,                                                                \
        {                                                                                          \
            0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4                                         \
        }                                                                                          \
    }
#define LOCAL_PROVIDER                                                                             \
    {                                                                                              \
        0xa00943d9, 0x9c2e, 0x4633,                                                                \
        {                                                                                          \
            0x9b, 0x59, 0x00, 0x57, 0xa3, 0x16, 0x09, 0x94                                         \
        }                                                                                          \
    }

enum { FIRST_CATALOG_ENTRY = 1001, LARGEST_DATAGRAM = 65507 };

static const struct protocol_row {
    const char *name;
    int family, type, protocol, address_length;
    DWORD services, message_size;
    GUID provider;
} protocol_rows[] = {
    {"TCP/IPv4", AF_INET, SOCK_STREAM, IPPROTO_TCP, sizeof(struct sockaddr_in),
     STREAM_SERVICES | XP1_EXPEDITED_DATA, 0, IPV4_PROVIDER},
    {"UDP/IPv4", AF_INET, SOCK_DGRAM, IPPROTO_UDP, sizeof(struct sockaddr_in), DATAGRAM_SERVICES,
     LARGEST_DATAGRAM, IPV4_PROVIDER},
    {"TCP/IPv6", AF_INET6, SOCK_STREAM, IPPROTO_TCP, sizeof(struct sockaddr_in6),
     STREAM_SERVICES | XP1_EXPEDITED_DATA, 0, IPV6_PROVIDER},
    {"UDP/IPv6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, sizeof(struct sockaddr_in6), DATAGRAM_SERVICES,
     LARGEST_DATAGRAM, IPV6_PROVIDER},
    {"Local streams", AF_UNIX, SOCK_STREAM, 0, sizeof(struct sockaddr_un), STREAM_SERVICES, 0,
     LOCAL_PROVIDER},
};
enum { PROTOCOLS = sizeof protocol_rows / sizeof protocol_rows[0] };

/* The description without its name. */
static void protocol__fill(const struct protocol_row *row, WSAPROTOCOL_INFOA *info)
{
    memset(info, 0, offsetof(WSAPROTOCOL_INFOA, szProtocol));
    info->dwServiceFlags1 = row->services;
    info->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info->ProviderId = row->provider;
    info->dwCatalogEntryId = (DWORD)(FIRST_CATALOG_ENTRY + (row - protocol_rows));
    info->ProtocolChain.ChainLen = BASE_PROTOCOL;
    info->iVersion = 2;
    info->iAddressFamily = row->family;
    info->iMaxSockAddr = row->address_length;
    info->iMinSockAddr = row->address_length;
    info->iSocketType = row->type;
    info->iProtocol = row->protocol;
    info->dwMessageSize = row->message_size;
}

static void protocol__fill_narrow(const struct protocol_row *row, WSAPROTOCOL_INFOA *info)
{
    protocol__fill(row, info);
    memset(info->szProtocol, 0, sizeof info->szProtocol);
    memcpy(info->szProtocol, row->name, strlen(row->name));
}

static void protocol__fill_wide(const struct protocol_row *row, WSAPROTOCOL_INFOW *info)
{
    protocol__fill(row, (WSAPROTOCOL_INFOA *)info);
    memset(info->szProtocol, 0, sizeof info->szProtocol);
    for (size_t index = 0; row->name[index]; index++)
        info->szProtocol[index] = (WCHAR)row->name[index];
}

_Static_assert(offsetof(WSAPROTOCOL_INFOA, szProtocol) == offsetof(WSAPROTOCOL_INFOW, szProtocol),
               "up to the name the two are one");

/* A socket's own row; one of a protocol without a row gets its numbers. */
static struct protocol_row protocol__of(const struct socket *socket)
{
    struct net_identity identity;

    socket_identify(socket, &identity);
    for (int index = 0; index < PROTOCOLS; index++) {
        const struct protocol_row *row = &protocol_rows[index];
        if (row->family == identity.family && row->type == identity.type &&
            row->protocol == identity.protocol)
            return *row;
    }
    return (struct protocol_row){.name = "Other",
                                 .family = identity.family,
                                 .type = identity.type,
                                 .protocol = identity.protocol,
                                 .address_length = identity.family == AF_INET6
                                                       ? (int)sizeof(struct sockaddr_in6)
                                                       : (int)sizeof(struct sockaddr_in)};
}

/* The same with the number of its row, by which the copy still counts. */
static void protocol__describe(const struct socket *socket, WSAPROTOCOL_INFOA *narrow,
                               WSAPROTOCOL_INFOW *wide)
{
    struct protocol_row row = protocol__of(socket);
    DWORD entry = 0;

    for (int index = 0; index < PROTOCOLS; index++)
        if (protocol_rows[index].name == row.name)
            entry = (DWORD)(FIRST_CATALOG_ENTRY + index);
    if (narrow) {
        protocol__fill_narrow(&row, narrow);
        narrow->dwCatalogEntryId = entry;
    } else {
        protocol__fill_wide(&row, wide);
        wide->dwCatalogEntryId = entry;
    }
}

NTSTATUS winsock_protocol_option(struct socket *socket, bool wide, void *value, int *length)
{
    int needed = wide ? (int)sizeof(WSAPROTOCOL_INFOW) : (int)sizeof(WSAPROTOCOL_INFOA);

    if (*length < needed)
        return STATUS_ACCESS_VIOLATION;
    protocol__describe(socket, wide ? NULL : value, wide ? value : NULL);
    *length = needed;
    return STATUS_SUCCESS;
}

static bool protocol__is_wanted(const struct protocol_row *row, const INT *wanted)
{
    if (!wanted)
        return true;
    for (; *wanted; wanted++)
        if (*wanted == row->protocol)
            return true;
    return false;
}

/* The list that ends with 0. */
static bool protocol__is_there(const INT *wanted)
{
    if (!wanted)
        return true;
    while (probe_readable(wanted, sizeof *wanted))
        if (!*wanted++)
            return true;
    return false;
}

static int protocol__enumerate(const INT *wanted, void *to, bool wide, LPDWORD length)
{
    DWORD size = wide ? sizeof(WSAPROTOCOL_INFOW) : sizeof(WSAPROTOCOL_INFOA);
    int count = 0;

    if (!winsock_is_started())
        return winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
    if (!length || !probe_writable(length, sizeof *length) || !protocol__is_there(wanted))
        return winsock_return(STATUS_ACCESS_VIOLATION);
    for (int index = 0; index < PROTOCOLS; index++)
        count += protocol__is_wanted(&protocol_rows[index], wanted);
    if (!to || *length < (DWORD)count * size) {
        *length = (DWORD)count * size;
        return winsock_return(STATUS_OF_WINSOCK(WSAENOBUFS));
    }
    if (!probe_writable(to, (size_t)count * size))
        return winsock_return(STATUS_ACCESS_VIOLATION);
    for (int index = 0; index < PROTOCOLS; index++) {
        if (!protocol__is_wanted(&protocol_rows[index], wanted))
            continue;
        if (wide)
            protocol__fill_wide(&protocol_rows[index], to);
        else
            protocol__fill_narrow(&protocol_rows[index], to);
        to = (char *)to + size;
    }
    *length = (DWORD)count * size;
    api_succeed_socket();
    return count;
}

int WSAAPI WSAEnumProtocolsA(LPINT protocols, LPWSAPROTOCOL_INFOA infos, LPDWORD length)
{
    return protocol__enumerate(protocols, infos, false, length);
}

int WSAAPI WSAEnumProtocolsW(LPINT protocols, LPWSAPROTOCOL_INFOW infos, LPDWORD length)
{
    return protocol__enumerate(protocols, infos, true, length);
}

/* --- duplicates ----------------------------------------------------------------------------- */

struct protocol_duplicate {
    struct list link;
    SOCKET handle;
};

static struct lock protocol_lock;
static struct list protocol_duplicates = {&protocol_duplicates, &protocol_duplicates};

/* Takes the duplicate off the list; false if it is not there (any more). */
static bool duplicate__claim(SOCKET handle)
{
    struct protocol_duplicate *found = NULL;

    lock_take(&protocol_lock);
    LIST_FOR_EACH(link, &protocol_duplicates)
    {
        struct protocol_duplicate *one = LIST_ELEMENT(link, struct protocol_duplicate, link);
        if (one->handle == handle) {
            found = one;
            break;
        }
    }
    if (found)
        list_remove(&found->link);
    lock_drop(&protocol_lock);
    free(found);
    return found != NULL;
}

void winsock_forget_duplicates(void)
{
    lock_take(&protocol_lock);
    while (!list_empty(&protocol_duplicates)) {
        struct protocol_duplicate *one =
            LIST_ELEMENT(protocol_duplicates.next, struct protocol_duplicate, link);
        list_remove(&one->link);
        free(one);
    }
    lock_drop(&protocol_lock);
}

static NTSTATUS duplicate__make(struct socket *socket, DWORD process, DWORD *reserved)
{
    struct protocol_duplicate *made;
    uintptr_t handle;

    if (process != (DWORD)getpid())
        return STATUS_INVALID_PARAMETER;
    made = fault_calloc(1, sizeof *made);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = socket_duplicate(socket, &handle);
    if (status != STATUS_SUCCESS) {
        free(made);
        return status;
    }
    made->handle = handle;
    lock_take(&protocol_lock);
    list_push_back(&protocol_duplicates, &made->link);
    lock_drop(&protocol_lock);
    *reserved = (DWORD)handle;
    return STATUS_SUCCESS;
}

static int duplicate__describe(SOCKET handle, DWORD process, WSAPROTOCOL_INFOA *narrow,
                               WSAPROTOCOL_INFOW *wide)
{
    NTSTATUS status;
    DWORD reserved;
    struct socket *socket = winsock_socket(handle, &status);

    if (!socket)
        return winsock_return(status);
    bool there = narrow ? probe_writable(narrow, sizeof *narrow)
                        : wide && probe_writable(wide, sizeof *wide);
    status = there ? duplicate__make(socket, process, &reserved) : STATUS_ACCESS_VIOLATION;
    if (status == STATUS_SUCCESS) {
        protocol__describe(socket, narrow, wide);
        if (narrow)
            narrow->dwProviderReserved = reserved;
        else
            wide->dwProviderReserved = reserved;
    }
    socket_unref(socket);
    return winsock_return(status);
}

int WSAAPI WSADuplicateSocketA(SOCKET handle, DWORD process, LPWSAPROTOCOL_INFOA info)
{
    return duplicate__describe(handle, process, info, NULL);
}

int WSAAPI WSADuplicateSocketW(SOCKET handle, DWORD process, LPWSAPROTOCOL_INFOW info)
{
    return duplicate__describe(handle, process, NULL, info);
}

/* A description names a duplicate, or the kind of socket: FROM_PROTOCOL_INFO takes what it says,
 * anything else what the arguments say. */
SOCKET WSAAPI WSASocketA(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info, GROUP group,
                         DWORD flags)
{
    (void)group;
    if (info && !probe_readable(info, offsetof(WSAPROTOCOL_INFOA, szProtocol))) {
        winsock_return(STATUS_ACCESS_VIOLATION);
        return INVALID_SOCKET;
    }
    if (info && info->dwProviderReserved) {
        NTSTATUS status =
            duplicate__claim(info->dwProviderReserved) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
        if (!winsock_is_started())
            status = STATUS_OF_WINSOCK(WSANOTINITIALISED);
        if (winsock_return(status) != 0)
            return INVALID_SOCKET;
        return info->dwProviderReserved;
    }
    if (info) {
        family = family == FROM_PROTOCOL_INFO ? info->iAddressFamily : family;
        type = type == FROM_PROTOCOL_INFO ? info->iSocketType : type;
        protocol = protocol == FROM_PROTOCOL_INFO ? info->iProtocol : protocol;
    }
    SOCKET made = winsock_open(family, type, protocol, flags & WSA_FLAG_OVERLAPPED);
    struct socket *socket =
        made != INVALID_SOCKET && flags & WSA_FLAG_REGISTERED_IO ? socket_find(made) : NULL;
    if (socket) {
        socket_allow_registered(socket);
        socket_unref(socket);
    }
    return made;
}

SOCKET WSAAPI WSASocketW(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group,
                         DWORD flags)
{
    return WSASocketA(family, type, protocol, (LPWSAPROTOCOL_INFOA)info, group, flags);
}
