/* SPDX-License-Identifier: MIT
 *
 * Printing and reading addresses.
 */
#include "net/address_text.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WSA_FAULT STATUS_ACCESS_VIOLATION
#define WSA_INVALID STATUS_INVALID_PARAMETER
#define NO_IPV4 UINT32_MAX

static void address__ipv4_to_text(const struct sockaddr_in *address, char *text)
{
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    if (address->sin_port)
        snprintf(text, ADDRESS_TEXT_LONGEST, "%s:%u", host, ntohs(address->sin_port));
    else
        snprintf(text, ADDRESS_TEXT_LONGEST, "%s", host);
}

static void address__ipv6_to_text(const struct sockaddr_in6 *address, char *text)
{
    char host[INET6_ADDRSTRLEN];
    char scope[16] = "";
    inet_ntop(AF_INET6, &address->sin6_addr, host, sizeof host);
    if (address->sin6_scope_id)
        snprintf(scope, sizeof scope, "%%%u", address->sin6_scope_id);
    if (address->sin6_port)
        snprintf(text, ADDRESS_TEXT_LONGEST, "[%s%s]:%u", host, scope, ntohs(address->sin6_port));
    else
        snprintf(text, ADDRESS_TEXT_LONGEST, "%s%s", host, scope);
}

NTSTATUS address_to_text(const void *address, int length, char *text)
{
    struct sockaddr_storage storage;
    socklen_t storage_length;
    NTSTATUS status = address_to_linux(address, length, &storage, &storage_length);
    if (status == STATUS_ACCESS_VIOLATION)
        return status;
    if (status != STATUS_SUCCESS)
        return WSA_INVALID;
    if (storage.ss_family == AF_INET)
        address__ipv4_to_text((const struct sockaddr_in *)&storage, text);
    else if (storage.ss_family == AF_INET6)
        address__ipv6_to_text((const struct sockaddr_in6 *)&storage, text);
    else
        return WSA_INVALID;
    return STATUS_SUCCESS;
}

/* A decimal number up to `most` that fills the text. */
static bool address__number(const char *text, unsigned long most, unsigned long *number)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    *number = strtoul(text, &end, 10);
    return *end == 0 && *number <= most;
}

/* Cuts ":port" off a copy of the text. */
static bool address__split(const char *text, char *host, size_t room, in_port_t *port)
{
    unsigned long number = 0;
    size_t length = strlen(text);
    if (length >= room)
        return false;
    memcpy(host, text, length + 1);
    *port = 0;
    char *colon = strrchr(host, ':');
    if (!colon)
        return true;
    if (!address__number(colon + 1, 65535, &number))
        return false;
    *colon = 0;
    *port = htons((uint16_t)number);
    return true;
}

static bool address__ipv4_from_text(const char *text, struct sockaddr_in *address)
{
    char host[ADDRESS_TEXT_LONGEST];
    address->sin_family = AF_INET;
    return address__split(text, host, sizeof host, &address->sin_port) &&
           inet_aton(host, &address->sin_addr);
}

/* "::1", "::1%2", "[::1]", "[::1%2]:80". */
static bool address__ipv6_from_text(const char *text, struct sockaddr_in6 *address)
{
    char host[ADDRESS_TEXT_LONGEST];
    unsigned long number = 0;
    bool bracket = *text == '[';
    address->sin6_family = AF_INET6;
    if (strlen(text) >= sizeof host)
        return false;
    memcpy(host, text + bracket, strlen(text + bracket) + 1);
    if (bracket) {
        char *end = strchr(host, ']');
        if (!end || (end[1] && (end[1] != ':' || !address__number(end + 2, 65535, &number))))
            return false;
        *end = 0;
        address->sin6_port = htons((uint16_t)number);
    }
    char *scope = strchr(host, '%');
    if (scope) {
        *scope = 0;
        if (!address__number(scope + 1, UINT32_MAX, &number))
            return false;
        address->sin6_scope_id = (uint32_t)number;
    }
    return inet_pton(AF_INET6, host, &address->sin6_addr) == 1;
}

NTSTATUS address_from_text(const char *text, int family, void *address, int *length)
{
    struct sockaddr_storage storage = {0};
    bool read = false;
    if (!text || !address || !length)
        return WSA_FAULT;
    if (family == ADDRESS_FAMILY_IPV4)
        read = address__ipv4_from_text(text, (struct sockaddr_in *)&storage);
    else if (family == ADDRESS_FAMILY_IPV6)
        read = address__ipv6_from_text(text, (struct sockaddr_in6 *)&storage);
    if (!read)
        return WSA_INVALID;
    int needed = address_length(&storage);
    if (*length < needed) {
        *length = needed;
        return WSA_FAULT;
    }
    return address_to_windows(&storage, (socklen_t)needed, address, length);
}

bool address_bytes_from_text(int family, const char *text, void *bytes)
{
    return inet_pton(address_family_to_linux(family), text, bytes) == 1;
}

bool address_bytes_to_text(int family, const void *bytes, char *text, size_t room)
{
    socklen_t limited = room > ADDRESS_TEXT_LONGEST ? ADDRESS_TEXT_LONGEST : (socklen_t)room;
    return inet_ntop(address_family_to_linux(family), bytes, text, limited) != NULL;
}

uint32_t address_ipv4_from_text(const char *text)
{
    struct in_addr address;
    return text && inet_aton(text, &address) ? address.s_addr : NO_IPV4;
}
