/* SPDX-License-Identifier: MIT
 *
 * The name calls of winsock2.h: the classic resolver, whose structures belong to the thread, and
 * addresses as text.
 */
#include "api/utf16.h"
#include "api/winsock.h"
#include "base/compiler.h"
#include "net/address_text.h"
#include "net/resolve.h"

#include <stdlib.h>
#include <string.h>

#include <winsock2.h>

static THREAD_LOCAL struct hostent names_host;
static THREAD_LOCAL struct servent names_service;
static THREAD_LOCAL struct protoent names_protocol;
static THREAD_LOCAL char names_ipv4[16];

static struct hostent *names__host(int error, const struct resolve_host *found)
{
    api_set_last_error((uint32_t)error);
    if (error)
        return NULL;
    names_host.h_name = found->name;
    names_host.h_aliases = found->aliases;
    names_host.h_addrtype = (short)found->family;
    names_host.h_length = (short)found->length;
    names_host.h_addr_list = found->addresses;
    return &names_host;
}

struct hostent *WSAAPI gethostbyname(const char *name)
{
    struct resolve_host found;
    int error = winsock_is_started() ? resolve_host_by_name(name, &found) : WSANOTINITIALISED;
    return names__host(error, &found);
}

struct hostent *WSAAPI gethostbyaddr(const char *address, int length, int family)
{
    struct resolve_host found;
    int error = winsock_is_started() ? resolve_host_by_address(address, length, family, &found)
                                     : WSANOTINITIALISED;
    return names__host(error, &found);
}

static struct servent *names__service(int error, const struct resolve_entry *found)
{
    api_set_last_error((uint32_t)error);
    if (error)
        return NULL;
    names_service.s_name = found->name;
    names_service.s_aliases = found->aliases;
    names_service.s_proto = found->protocol;
    names_service.s_port = (short)found->number;
    return &names_service;
}

struct servent *WSAAPI getservbyname(const char *name, const char *protocol)
{
    struct resolve_entry found;
    int error =
        winsock_is_started() ? resolve_service_by_name(name, protocol, &found) : WSANOTINITIALISED;
    return names__service(error, &found);
}

struct servent *WSAAPI getservbyport(int port, const char *protocol)
{
    struct resolve_entry found;
    int error =
        winsock_is_started() ? resolve_service_by_port(port, protocol, &found) : WSANOTINITIALISED;
    return names__service(error, &found);
}

static struct protoent *names__protocol(int error, const struct resolve_entry *found)
{
    api_set_last_error((uint32_t)error);
    if (error)
        return NULL;
    names_protocol.p_name = found->name;
    names_protocol.p_aliases = found->aliases;
    names_protocol.p_proto = (short)found->number;
    return &names_protocol;
}

struct protoent *WSAAPI getprotobyname(const char *name)
{
    struct resolve_entry found;
    int error = winsock_is_started() ? resolve_protocol_by_name(name, &found) : WSANOTINITIALISED;
    return names__protocol(error, &found);
}

struct protoent *WSAAPI getprotobynumber(int number)
{
    struct resolve_entry found;
    int error =
        winsock_is_started() ? resolve_protocol_by_number(number, &found) : WSANOTINITIALISED;
    return names__protocol(error, &found);
}

int WSAAPI gethostname(char *name, int length)
{
    char own[256];
    size_t room = length < 0 ? 0 : (size_t)length;

    if (!winsock_is_started())
        return winsock_return(STATUS_OF_WINSOCK(WSANOTINITIALISED));
    if (resolve_own_name(own, room < sizeof own ? room : sizeof own) != 0 || !name ||
        !probe_writable(name, strlen(own) + 1))
        return api_fail_socket(STATUS_ACCESS_VIOLATION);
    memcpy(name, own, strlen(own) + 1);
    return api_succeed_socket();
}

ULONG WSAAPI inet_addr(const char *text)
{
    return address_ipv4_from_text(text);
}

char *WSAAPI inet_ntoa(struct in_addr address)
{
    address_bytes_to_text(AF_INET, &address, names_ipv4, sizeof names_ipv4);
    return names_ipv4;
}

/* The text of an address and how many characters it has with its zero; a room that is too small
 * learns what is needed. */
static NTSTATUS names__to_text(const void *address, DWORD address_length, char *text, LPDWORD room)
{
    enum { LONGEST = sizeof(struct sockaddr_storage) };
    if (!address || !room || address_length > INT32_MAX ||
        !probe_readable(address, address_length < LONGEST ? address_length : LONGEST) ||
        !probe_writable(room, sizeof *room))
        return STATUS_ACCESS_VIOLATION;
    NTSTATUS status = address_to_text(address, (int)address_length, text);
    if (status)
        return status;
    DWORD needed = (DWORD)strlen(text) + 1;
    if (*room < needed)
        status = STATUS_ACCESS_VIOLATION;
    *room = needed;
    return status;
}

INT WSAAPI WSAAddressToStringA(LPSOCKADDR address, DWORD address_length,
                               LPWSAPROTOCOL_INFOA protocol, LPSTR text, LPDWORD length)
{
    char own[ADDRESS_TEXT_LONGEST];
    (void)protocol;
    NTSTATUS status = names__to_text(address, address_length, own, length);
    if (status || !text || !probe_writable(text, *length))
        return api_fail_socket(status ? status : STATUS_ACCESS_VIOLATION);
    memcpy(text, own, *length);
    return api_succeed_socket();
}

INT WSAAPI WSAAddressToStringW(LPSOCKADDR address, DWORD address_length,
                               LPWSAPROTOCOL_INFOW protocol, LPWSTR text, LPDWORD length)
{
    char own[ADDRESS_TEXT_LONGEST];
    (void)protocol;
    NTSTATUS status = names__to_text(address, address_length, own, length);
    if (status || !text || !probe_writable(text, *length * sizeof *text))
        return api_fail_socket(status ? status : STATUS_ACCESS_VIOLATION);
    for (DWORD i = 0; i < *length; i++)
        text[i] = (WCHAR)(unsigned char)own[i];
    return api_succeed_socket();
}

/* Of a text its beginning. */
static bool names__are_there(const void *text, size_t beginning, const void *address,
                             const INT *length)
{
    enum { LONGEST = 28 }; /* bytes of a sockaddr_in6 */

    return probe_readable(text, beginning) && probe_writable(length, sizeof *length) &&
           (*length < 0 ||
            probe_writable(address, (size_t)(*length < LONGEST ? *length : LONGEST)));
}

INT WSAAPI WSAStringToAddressA(LPSTR text, INT family, LPWSAPROTOCOL_INFOA protocol,
                               LPSOCKADDR address, LPINT length)
{
    (void)protocol;
    NTSTATUS status = names__are_there(text, sizeof *text, address, length)
                          ? address_from_text(text, family, address, length)
                          : STATUS_ACCESS_VIOLATION;
    return status ? api_fail_socket(status) : api_succeed_socket();
}

INT WSAAPI WSAStringToAddressW(LPWSTR text, INT family, LPWSAPROTOCOL_INFOW protocol,
                               LPSOCKADDR address, LPINT length)
{
    (void)protocol;
    if (!text || !names__are_there(text, sizeof *text, address, length))
        return api_fail_socket(STATUS_ACCESS_VIOLATION);
    char *narrow = utf16_to_utf8(text, (size_t)-1);
    NTSTATUS status =
        narrow ? address_from_text(narrow, family, address, length) : STATUS_INSUFFICIENT_RESOURCES;
    free(narrow);
    return status ? api_fail_socket(status) : api_succeed_socket();
}
