/* SPDX-License-Identifier: MIT
 *
 * ws2tcpip.h: getaddrinfo and its kin over net/resolve. A result and what it points to are one
 * piece of memory each, chained; freeaddrinfo frees the chain. Errors are returned and are also the
 * last error.
 */
#include "api/winsock.h"
#include "base/fault.h"
#include "net/address_text.h"
#include "net/resolve.h"
#include "status/text.h"

#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <ws2tcpip.h>

struct ws2tcpip_list {
    ADDRINFOA *first;
    ADDRINFOA **end;
    int flags;
};

static int ws2tcpip__result(int error)
{
    api_set_last_error((uint32_t)error);
    return error;
}

static int ws2tcpip__append(const struct resolve_result *result, void *context)
{
    struct ws2tcpip_list *list = context;
    size_t name = result->canonical ? strlen(result->canonical) + 1 : 0;
    size_t length = (size_t)result->length;
    ADDRINFOA *entry = fault_calloc(1, sizeof *entry + length + name);
    if (!entry)
        return WSA_NOT_ENOUGH_MEMORY;
    entry->ai_flags = list->flags;
    entry->ai_family = result->family;
    entry->ai_socktype = result->type;
    entry->ai_protocol = result->protocol;
    entry->ai_addrlen = length;
    entry->ai_addr = (struct sockaddr *)(entry + 1);
    memcpy(entry->ai_addr, result->address, length);
    if (name) {
        entry->ai_canonname = (char *)(entry + 1) + length;
        memcpy(entry->ai_canonname, result->canonical, name);
    }
    *list->end = entry;
    list->end = &entry->ai_next;
    return 0;
}

INT WSAAPI getaddrinfo(PCSTR node, PCSTR service, const ADDRINFOA *hints, PADDRINFOA *result)
{
    struct ws2tcpip_list list = {.end = &list.first};
    struct resolve_hints asked = {0};
    if (!result)
        return ws2tcpip__result(WSAEFAULT);
    *result = NULL;
    if (!winsock_is_started())
        return ws2tcpip__result(WSANOTINITIALISED);
    if (!node && !service)
        return ws2tcpip__result(WSAHOST_NOT_FOUND);
    if (hints) {
        if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || hints->ai_next)
            return ws2tcpip__result(WSANO_RECOVERY);
        asked = (struct resolve_hints){.flags = hints->ai_flags,
                                       .family = hints->ai_family,
                                       .type = hints->ai_socktype,
                                       .protocol = hints->ai_protocol};
        if ((asked.flags & AI_CANONNAME) && !node)
            return ws2tcpip__result(WSAEINVAL);
    }
    int error = resolve_addresses(node, service, &asked, ws2tcpip__append, &list);
    if (error == 0 && !list.first)
        error = WSAHOST_NOT_FOUND;
    if (error == 0)
        *result = list.first;
    else
        freeaddrinfo(list.first);
    return ws2tcpip__result(error);
}

VOID WSAAPI freeaddrinfo(PADDRINFOA list)
{
    while (list) {
        PADDRINFOA next = list->ai_next;
        free(list);
        list = next;
    }
}

INT WSAAPI getnameinfo(const SOCKADDR *address, socklen_t length, PCHAR node, DWORD node_room,
                       PCHAR service, DWORD service_room, INT flags)
{
    if (!winsock_is_started())
        return ws2tcpip__result(WSANOTINITIALISED);
    if (!((node && node_room) || (service && service_room)))
        return ws2tcpip__result(WSAHOST_NOT_FOUND);
    return ws2tcpip__result(resolve_names(address, length, node, node ? node_room : 0, service,
                                          service ? service_room : 0, flags));
}

char *WSAAPI gai_strerrorA(int error)
{
    const char *text = status_text((uint32_t)error);
    return (char *)(text ? text : "There is no text for this number.");
}

static bool ws2tcpip__is_ip(INT family)
{
    if (family == AF_INET || family == AF_INET6)
        return true;
    api_set_last_error(WSAEAFNOSUPPORT);
    return false;
}

INT WSAAPI inet_pton(INT family, PCSTR text, PVOID bytes)
{
    if (!ws2tcpip__is_ip(family))
        return -1;
    if (!text || !bytes) {
        api_set_last_error(WSAEFAULT);
        return -1;
    }
    return address_bytes_from_text(family, text, bytes);
}

PCSTR WSAAPI inet_ntop(INT family, const VOID *bytes, PSTR text, size_t room)
{
    if (!ws2tcpip__is_ip(family))
        return NULL;
    if (bytes && text && address_bytes_to_text(family, bytes, text, room))
        return text;
    api_set_last_error(WSAEINVAL);
    return NULL;
}
