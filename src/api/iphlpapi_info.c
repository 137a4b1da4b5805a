/* SPDX-License-Identifier: MIT
 *
 * iphlpapi.h, the older calls: GetAdaptersInfo, GetNetworkParams, GetNumberOfInterfaces. They know
 * of IPv4 only. No state.
 */
#include "api/iphlpapi.h"
#include "base/probe.h"
#include "net/adapter.h"
#include "net/host.h"
#include "status/status.h"

#include <winsock2.h>
#include <iphlpapi.h>

#include <stdio.h>
#include <string.h>

_Static_assert(NET_HOST_NAME <= MAX_HOSTNAME_LEN + 4, "names of hosts");
_Static_assert(NET_HOST_NAME <= MAX_DOMAIN_NAME_LEN + 4, "names of domains");

static void info__put_address(IP_ADDRESS_STRING *to, DWORD address)
{
    const unsigned char *byte = (const unsigned char *)&address;

    snprintf(to->String, sizeof to->String, "%u.%u.%u.%u", byte[0], byte[1], byte[2], byte[3]);
}

/* The address if it is one of IPv4's. */
static const SOCKADDR_IN *info__ipv4(const char *bytes)
{
    const SOCKADDR_IN *address = (const SOCKADDR_IN *)(const void *)bytes;

    return address->sin_family == AF_INET ? address : NULL;
}

/* Lists begin in their structure; what follows lies behind it, at *more. The first one is filled
 * if `last` is NULL. */
static IP_ADDR_STRING *info__add(IP_ADDR_STRING *first, IP_ADDR_STRING *last, char **more)
{
    if (!last)
        return first;
    last->Next = (IP_ADDR_STRING *)(void *)*more;
    *more += sizeof *last;
    memset(last->Next, 0, sizeof *last);
    return last->Next;
}

static size_t info__adapter_size(const struct net_adapters *found, size_t number)
{
    size_t size = sizeof(IP_ADAPTER_INFO), count = 0;

    for (size_t i = 0; i < found->address_count; i++)
        count += found->addresses[i].adapter == number && info__ipv4(found->addresses[i].bytes);
    return count > 1 ? size + (count - 1) * sizeof(IP_ADDR_STRING) : size;
}

static void info__put_addresses(IP_ADAPTER_INFO *info, const struct net_adapters *found,
                                size_t number)
{
    char *more = (char *)(info + 1);
    IP_ADDR_STRING *last = NULL;

    for (size_t i = 0; i < found->address_count; i++) {
        const struct net_adapter_address *address = &found->addresses[i];
        const SOCKADDR_IN *ipv4 = info__ipv4(address->bytes);
        if (address->adapter != number || !ipv4)
            continue;
        last = info__add(&info->IpAddressList, last, &more);
        info__put_address(&last->IpAddress, ipv4->sin_addr.s_addr);
        info__put_address(&last->IpMask,
                          address->prefix ? htonl(0xFFFFFFFFu << (32 - address->prefix)) : 0);
    }
    if (!last) {
        info__put_address(&info->IpAddressList.IpAddress, 0);
        info__put_address(&info->IpAddressList.IpMask, 0);
    }
}

static void info__put_adapter(IP_ADAPTER_INFO *info, const struct net_adapters *found,
                              size_t number)
{
    const struct net_adapter *adapter = &found->adapters[number];

    memset(info, 0, sizeof *info);
    memcpy(info->AdapterName, adapter->name, sizeof adapter->name);
    memcpy(info->Description, adapter->name, sizeof adapter->name);
    info->AddressLength = adapter->physical_length;
    memcpy(info->Address, adapter->physical, adapter->physical_length);
    info->Index = adapter->index;
    info->Type = iphlpapi_type(adapter->kind);
    info__put_address(&info->GatewayList.IpAddress, 0);
    info__put_address(&info->GatewayList.IpMask, 0);
    info__put_addresses(info, found, number);
}

/* All but the loopback, which is not told of. */
static ULONG info__tell(const struct net_adapters *found, void *room, ULONG *size)
{
    size_t wanted = 0;
    IP_ADAPTER_INFO *last = NULL;
    char *place = room;

    for (size_t i = 0; i < found->adapter_count; i++)
        if (found->adapters[i].kind != NET_ADAPTER_LOOPBACK)
            wanted += info__adapter_size(found, i);
    if (wanted == 0)
        return ERROR_NO_DATA;
    if (!room || wanted > *size) {
        *size = (ULONG)wanted;
        return ERROR_BUFFER_OVERFLOW;
    }
    if (!probe_writable(room, wanted))
        return ERROR_INVALID_PARAMETER;
    for (size_t i = 0; i < found->adapter_count; i++) {
        if (found->adapters[i].kind == NET_ADAPTER_LOOPBACK)
            continue;
        IP_ADAPTER_INFO *info = (IP_ADAPTER_INFO *)(void *)place;
        info__put_adapter(info, found, i);
        if (last)
            last->Next = info;
        last = info;
        place += info__adapter_size(found, i);
    }
    return NO_ERROR;
}

ULONG WINAPI GetAdaptersInfo(PIP_ADAPTER_INFO room, PULONG size)
{
    struct net_adapters found;

    if (!size || !probe_writable(size, sizeof *size))
        return ERROR_INVALID_PARAMETER;
    NTSTATUS status = net_adapters_find(&found);
    if (status != STATUS_SUCCESS)
        return status_win32(status);
    ULONG result = info__tell(&found, room, size);
    net_adapters_free(&found);
    return result;
}

static bool info__forwards(void)
{
    FILE *file = fopen("/proc/sys/net/ipv4/ip_forward", "re");
    bool forwards = file && fgetc(file) == '1';

    if (file)
        fclose(file);
    return forwards;
}

DWORD WINAPI GetNetworkParams(PFIXED_INFO room, PULONG size)
{
    struct net_host host;
    size_t servers = 0;

    if (!size || !probe_writable(size, sizeof *size))
        return ERROR_INVALID_PARAMETER;
    net_host_find(&host);
    for (size_t i = 0; i < host.server_count; i++)
        servers += info__ipv4(host.servers[i].bytes) != NULL;
    size_t wanted = sizeof *room + (servers > 1 ? servers - 1 : 0) * sizeof(IP_ADDR_STRING);
    if (!room || wanted > *size) {
        *size = (ULONG)wanted;
        return ERROR_BUFFER_OVERFLOW;
    }
    if (!probe_writable(room, wanted))
        return ERROR_INVALID_PARAMETER;
    memset(room, 0, sizeof *room);
    memcpy(room->HostName, host.name, sizeof host.name);
    memcpy(room->DomainName, host.domain, sizeof host.domain);
    room->CurrentDnsServer = &room->DnsServerList;
    room->NodeType = HYBRID_NODETYPE;
    room->EnableRouting = info__forwards();
    room->EnableDns = TRUE;
    char *more = (char *)(room + 1);
    IP_ADDR_STRING *last = NULL;
    for (size_t i = 0; i < host.server_count; i++) {
        const SOCKADDR_IN *ipv4 = info__ipv4(host.servers[i].bytes);
        if (!ipv4)
            continue;
        last = info__add(&room->DnsServerList, last, &more);
        info__put_address(&last->IpAddress, ipv4->sin_addr.s_addr);
    }
    return NO_ERROR;
}

DWORD WINAPI GetNumberOfInterfaces(PDWORD number)
{
    struct net_adapters found;

    if (!number || !probe_writable(number, sizeof *number))
        return ERROR_INVALID_PARAMETER;
    NTSTATUS status = net_adapters_find(&found);
    if (status != STATUS_SUCCESS)
        return status_win32(status);
    *number = (DWORD)found.adapter_count;
    net_adapters_free(&found);
    return NO_ERROR;
}
