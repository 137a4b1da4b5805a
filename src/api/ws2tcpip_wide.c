/* SPDX-License-Identifier: MIT
 *
 * ws2tcpip.h's functions with UTF-16 text, over those with narrow text. A result and what it points
 * to are one piece of memory each, chained.
 */
#include "api/last_error.h"
#include "api/utf16.h"
#include "base/compiler.h"
#include "base/fault.h"
#include "net/address_text.h"

#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <ws2tcpip.h>

enum { WIDE_ERROR_ROOM = 128 };

static INT wide__result(INT error)
{
    api_set_last_error((uint32_t)error);
    return error;
}

static ADDRINFOW *wide__entry(const ADDRINFOA *narrow)
{
    size_t units = 0;
    WCHAR *name = NULL;

    if (narrow->ai_canonname) {
        name = utf16_from_utf8(narrow->ai_canonname, strlen(narrow->ai_canonname), &units);
        if (!name)
            return NULL;
        units++;
    }
    ADDRINFOW *entry = fault_calloc(1, sizeof *entry + units * sizeof(WCHAR) + narrow->ai_addrlen);
    if (entry) {
        entry->ai_flags = narrow->ai_flags;
        entry->ai_family = narrow->ai_family;
        entry->ai_socktype = narrow->ai_socktype;
        entry->ai_protocol = narrow->ai_protocol;
        entry->ai_addrlen = narrow->ai_addrlen;
        entry->ai_addr = (struct sockaddr *)(entry + 1);
        memcpy(entry->ai_addr, narrow->ai_addr, narrow->ai_addrlen);
        if (name) {
            entry->ai_canonname = (PWSTR)(void *)((char *)(entry + 1) + narrow->ai_addrlen);
            memcpy(entry->ai_canonname, name, units * sizeof(WCHAR));
        }
    }
    free(name);
    return entry;
}

static INT wide__list(const ADDRINFOA *narrow, PADDRINFOW *result)
{
    PADDRINFOW *end = result;

    for (; narrow; narrow = narrow->ai_next) {
        *end = wide__entry(narrow);
        if (!*end) {
            FreeAddrInfoW(*result);
            *result = NULL;
            return WSA_NOT_ENOUGH_MEMORY;
        }
        end = &(*end)->ai_next;
    }
    return 0;
}

INT WSAAPI GetAddrInfoW(PCWSTR node, PCWSTR service, const ADDRINFOW *hints, PADDRINFOW *result)
{
    char *narrow_node = node ? utf16_to_utf8(node, (size_t)-1) : NULL;
    char *narrow_service = service ? utf16_to_utf8(service, (size_t)-1) : NULL;
    PADDRINFOA narrow = NULL;
    INT error = WSA_NOT_ENOUGH_MEMORY;

    if (result)
        *result = NULL;
    /* The two kinds of hints are laid out alike, and only the numbers in them are allowed. */
    if ((!node || narrow_node) && (!service || narrow_service))
        error = getaddrinfo(narrow_node, narrow_service, (const ADDRINFOA *)(const void *)hints,
                            result ? &narrow : NULL);
    if (error == 0)
        error = wide__list(narrow, result);
    freeaddrinfo(narrow);
    free(narrow_node);
    free(narrow_service);
    return wide__result(error);
}

VOID WSAAPI FreeAddrInfoW(PADDRINFOW list)
{
    while (list) {
        PADDRINFOW next = list->ai_next;
        free(list);
        list = next;
    }
}

/* Text of the resolver in the program's room. */
static INT wide__store(const char *text, PWCHAR to, DWORD room)
{
    size_t units;
    WCHAR *wide;

    if (!to || !room)
        return 0;
    wide = utf16_from_utf8(text, strlen(text), &units);
    if (!wide)
        return WSA_NOT_ENOUGH_MEMORY;
    INT error = units < room ? 0 : ERROR_INSUFFICIENT_BUFFER;
    if (!error)
        memcpy(to, wide, (units + 1) * sizeof *to);
    free(wide);
    return error;
}

INT WSAAPI GetNameInfoW(const SOCKADDR *address, socklen_t length, PWCHAR node, DWORD node_room,
                        PWCHAR service, DWORD service_room, INT flags)
{
    char narrow_node[NI_MAXHOST], narrow_service[NI_MAXSERV];
    INT error =
        getnameinfo(address, length, narrow_node, node && node_room ? sizeof narrow_node : 0,
                    narrow_service, service && service_room ? sizeof narrow_service : 0, flags);

    if (error == 0)
        error = wide__store(narrow_node, node, node_room);
    if (error == 0)
        error = wide__store(narrow_service, service, service_room);
    return wide__result(error);
}

INT WSAAPI InetPtonW(INT family, PCWSTR text, PVOID bytes)
{
    char narrow[ADDRESS_TEXT_LONGEST];
    size_t length = 0;

    if (!text)
        return inet_pton(family, NULL, bytes);
    /* What is not ASCII or too long is no address; a character that none has stands for it. */
    for (; text[length] && length < sizeof narrow - 1; length++)
        narrow[length] = text[length] < 0x80 ? (char)text[length] : '?';
    narrow[text[length] ? 0 : length] = 0;
    return inet_pton(family, narrow, bytes);
}

PCWSTR WSAAPI InetNtopW(INT family, const VOID *bytes, PWSTR text, size_t room)
{
    char narrow[ADDRESS_TEXT_LONGEST];

    if (!inet_ntop(family, bytes, text ? narrow : NULL,
                   room < sizeof narrow ? room : sizeof narrow))
        return NULL;
    for (size_t index = 0; index == 0 || narrow[index - 1]; index++)
        text[index] = (WCHAR)(unsigned char)narrow[index];
    return text;
}

WCHAR *WSAAPI gai_strerrorW(int error)
{
    static THREAD_LOCAL WCHAR wide[WIDE_ERROR_ROOM];
    const char *narrow = gai_strerrorA(error);
    size_t index = 0;

    for (; narrow[index] && index < WIDE_ERROR_ROOM - 1; index++)
        wide[index] = (WCHAR)(unsigned char)narrow[index];
    wide[index] = 0;
    return wide;
}
