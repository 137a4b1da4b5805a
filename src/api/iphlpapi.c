/* SPDX-License-Identifier: MIT
 *
 * iphlpapi.h: GetAdaptersAddresses. The list is laid out twice: first nothing is written and the
 * bytes are counted, then it is written, if they are there. No state.
 */
#include "api/iphlpapi.h"
#include "base/probe.h"
#include "base/utf8.h"
#include "net/adapter.h"
#include "net/host.h"
#include "status/status.h"

#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>

#include <string.h>

enum { LAYOUT_ALIGNMENT = 8 };

/* The caller's bytes; NULL: they are only counted. */
struct layout {
    char *to;
    size_t used;
    const struct net_adapters *found;
    const struct net_host *host;
    ULONG family;
    ULONG flags;
};

static const IFTYPE adapter_types[NET_ADAPTER_KINDS] = {
    [NET_ADAPTER_OTHER] = IF_TYPE_OTHER,
    [NET_ADAPTER_ETHERNET] = IF_TYPE_ETHERNET_CSMACD,
    [NET_ADAPTER_WIRELESS] = IF_TYPE_IEEE80211,
    [NET_ADAPTER_LOOPBACK] = IF_TYPE_SOFTWARE_LOOPBACK,
    [NET_ADAPTER_POINT_TO_POINT] = IF_TYPE_PPP,
    [NET_ADAPTER_TUNNEL] = IF_TYPE_TUNNEL,
    [NET_ADAPTER_VIRTUAL] = IF_TYPE_PROP_VIRTUAL,
};

IFTYPE iphlpapi_type(enum net_adapter_kind kind)
{
    return adapter_types[kind];
}

/* Room for so much; NULL while it is only counted. */
static void *layout__take(struct layout *layout, size_t bytes)
{
    char *place = layout->to ? layout->to + layout->used : NULL;

    layout->used += (bytes + LAYOUT_ALIGNMENT - 1) & ~(size_t)(LAYOUT_ALIGNMENT - 1);
    return place;
}

static PCHAR layout__text(struct layout *layout, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *place = layout__take(layout, bytes);

    if (place)
        memcpy(place, text, bytes);
    return place;
}

static PWCHAR layout__wide_text(struct layout *layout, const char *text)
{
    size_t bytes = strlen(text) + 1;
    WCHAR *place = layout__take(layout, utf8_to_utf16(text, bytes, NULL) * sizeof(WCHAR));

    if (place)
        utf8_to_utf16(text, bytes, place);
    return place;
}

static SOCKET_ADDRESS layout__address(struct layout *layout, const void *bytes, size_t length)
{
    void *place = layout__take(layout, length);

    if (place)
        memcpy(place, bytes, length);
    return (SOCKET_ADDRESS){.lpSockaddr = place, .iSockaddrLength = (INT)length};
}

static bool layout__wants_family(const struct layout *layout, const char *address)
{
    const SOCKADDR *socket_address = (const SOCKADDR *)(const void *)address;

    return layout->family == AF_UNSPEC || layout->family == socket_address->sa_family;
}

static bool address__is_wanted(const struct layout *layout,
                               const struct net_adapter_address *address, size_t adapter)
{
    return address->adapter == adapter && layout__wants_family(layout, address->bytes);
}

static const IN6_ADDR *address__of_ipv6(const struct net_adapter_address *address)
{
    const SOCKADDR_IN6 *ipv6 = (const SOCKADDR_IN6 *)(const void *)address->bytes;

    return ipv6->sin6_family == AF_INET6 ? &ipv6->sin6_addr : NULL;
}

/* What can be told from the address itself; the rest somebody has set, by hand or not. */
static void unicast__tell_origin(IP_ADAPTER_UNICAST_ADDRESS *entry,
                                 const struct net_adapter_address *address, bool loopback)
{
    const IN6_ADDR *ipv6 = address__of_ipv6(address);
    bool local = ipv6 && IN6_IS_ADDR_LINKLOCAL(ipv6);

    entry->PrefixOrigin = loopback || local ? IpPrefixOriginWellKnown : IpPrefixOriginManual;
    entry->SuffixOrigin = loopback ? IpSuffixOriginWellKnown
                          : local  ? IpSuffixOriginLinkLayerAddress
                                   : IpSuffixOriginManual;
    entry->Flags = loopback || local ? 0 : IP_ADAPTER_ADDRESS_DNS_ELIGIBLE;
}

static PIP_ADAPTER_UNICAST_ADDRESS layout__unicasts(struct layout *layout, size_t adapter)
{
    const struct net_adapters *found = layout->found;
    PIP_ADAPTER_UNICAST_ADDRESS first = NULL, *end = &first;

    for (size_t i = 0; i < found->address_count; i++) {
        const struct net_adapter_address *address = &found->addresses[i];
        if (!address__is_wanted(layout, address, adapter))
            continue;
        IP_ADAPTER_UNICAST_ADDRESS entry = {.DadState = IpDadStatePreferred,
                                            .ValidLifetime = 0xFFFFFFFF,
                                            .PreferredLifetime = 0xFFFFFFFF,
                                            .LeaseLifetime = 0xFFFFFFFF,
                                            .OnLinkPrefixLength = address->prefix};
        PIP_ADAPTER_UNICAST_ADDRESS place = layout__take(layout, sizeof entry);
        entry.Length = sizeof entry;
        entry.Address = layout__address(layout, address->bytes, address->length);
        unicast__tell_origin(&entry, address,
                             found->adapters[adapter].kind == NET_ADAPTER_LOOPBACK);
        if (!place)
            continue;
        *place = entry;
        *end = place;
        end = &place->Next;
    }
    return first;
}

/* The address of its network: what lies behind the prefix is 0. */
static void prefix__cut(struct net_adapter_address *address)
{
    size_t start = address__of_ipv6(address) ? offsetof(SOCKADDR_IN6, sin6_addr)
                                             : offsetof(SOCKADDR_IN, sin_addr);
    size_t bytes = address__of_ipv6(address) ? sizeof(IN6_ADDR) : sizeof(IN_ADDR);

    for (size_t i = 0; i < bytes; i++) {
        unsigned keep = address->prefix > i * 8 ? address->prefix - (unsigned)i * 8 : 0;
        if (keep < 8)
            address->bytes[start + i] &= (char)(0xFF00u >> keep);
    }
}

static PIP_ADAPTER_PREFIX layout__prefixes(struct layout *layout, size_t adapter)
{
    const struct net_adapters *found = layout->found;
    PIP_ADAPTER_PREFIX first = NULL, *end = &first;

    for (size_t i = 0; i < found->address_count; i++) {
        struct net_adapter_address address = found->addresses[i];
        if (!address__is_wanted(layout, &address, adapter))
            continue;
        prefix__cut(&address);
        PIP_ADAPTER_PREFIX place = layout__take(layout, sizeof *place);
        SOCKET_ADDRESS network = layout__address(layout, address.bytes, address.length);
        if (!place)
            continue;
        *place = (IP_ADAPTER_PREFIX){.Address = network, .PrefixLength = address.prefix};
        place->Length = sizeof *place;
        *end = place;
        end = &place->Next;
    }
    return first;
}

/* The machine's, if they were asked for: Linux knows no others. */
static PIP_ADAPTER_DNS_SERVER_ADDRESS layout__name_servers(struct layout *layout)
{
    PIP_ADAPTER_DNS_SERVER_ADDRESS first = NULL, *end = &first;

    for (size_t i = 0; i < layout->host->server_count; i++) {
        const struct net_name_server *server = &layout->host->servers[i];
        if (!layout__wants_family(layout, server->bytes))
            continue;
        PIP_ADAPTER_DNS_SERVER_ADDRESS place = layout__take(layout, sizeof *place);
        SOCKET_ADDRESS address = layout__address(layout, server->bytes, server->length);
        if (!place)
            continue;
        *place = (IP_ADAPTER_DNS_SERVER_ADDRESS){.Address = address};
        place->Length = sizeof *place;
        *end = place;
        end = &place->Next;
    }
    return first;
}

static IP_ADAPTER_ADDRESSES adapter__describe(const struct net_adapter *adapter)
{
    IP_ADAPTER_ADDRESSES entry = {
        .PhysicalAddressLength = adapter->physical_length,
        .Mtu = adapter->mtu,
        .IfType = adapter_types[adapter->kind],
        .OperStatus = adapter->is_dormant ? IfOperStatusDormant
                      : adapter->is_up    ? IfOperStatusUp
                                          : IfOperStatusDown,
        .Ipv6IfIndex = adapter->has_ipv6 ? adapter->index : 0,
        .CompartmentId = 1,
        .ConnectionType = NET_IF_CONNECTION_DEDICATED,
        .TunnelType = adapter->kind == NET_ADAPTER_TUNNEL ? TUNNEL_TYPE_OTHER : TUNNEL_TYPE_NONE,
    };

    entry.Length = sizeof entry;
    entry.IfIndex = adapter->index;
    entry.Flags = (adapter->multicasts ? 0u : IP_ADAPTER_NO_MULTICAST) |
                  (adapter->has_ipv4 ? IP_ADAPTER_IPV4_ENABLED : 0u) |
                  (adapter->has_ipv6 ? IP_ADAPTER_IPV6_ENABLED : 0u);
    entry.Luid.Info.NetLuidIndex = adapter->index & 0xFFFFFF;
    entry.Luid.Info.IfType = entry.IfType & 0xFFFF;
    memcpy(entry.PhysicalAddress, adapter->physical, adapter->physical_length);
    /* The levels of one interface and of one link are the interface. */
    entry.ZoneIndices[ScopeLevelInterface] = entry.ZoneIndices[ScopeLevelLink] = adapter->index;
    return entry;
}

static PIP_ADAPTER_ADDRESSES layout__adapter(struct layout *layout, size_t number)
{
    const struct net_adapter *adapter = &layout->found->adapters[number];
    PIP_ADAPTER_ADDRESSES place = layout__take(layout, sizeof *place);
    IP_ADAPTER_ADDRESSES entry = adapter__describe(adapter);

    entry.AdapterName = layout__text(layout, adapter->name);
    entry.Description = layout__wide_text(layout, adapter->name);
    entry.DnsSuffix = layout__wide_text(layout, "");
    if (!(layout->flags & GAA_FLAG_SKIP_FRIENDLY_NAME))
        entry.FriendlyName = layout__wide_text(layout, adapter->name);
    if (!(layout->flags & GAA_FLAG_SKIP_UNICAST))
        entry.FirstUnicastAddress = layout__unicasts(layout, number);
    if (adapter->is_up && adapter->kind != NET_ADAPTER_LOOPBACK)
        entry.FirstDnsServerAddress = layout__name_servers(layout);
    if (layout->flags & GAA_FLAG_INCLUDE_PREFIX)
        entry.FirstPrefix = layout__prefixes(layout, number);
    if (place)
        *place = entry;
    return place;
}

static void layout__all(struct layout *layout)
{
    const struct net_adapters *found = layout->found;
    PIP_ADAPTER_ADDRESSES *end = NULL;

    for (size_t i = 0; i < found->adapter_count; i++) {
        const struct net_adapter *adapter = &found->adapters[i];
        bool wanted = layout->family == AF_UNSPEC ||
                      layout->flags & GAA_FLAG_INCLUDE_ALL_INTERFACES ||
                      (layout->family == AF_INET ? adapter->has_ipv4 : adapter->has_ipv6);
        PIP_ADAPTER_ADDRESSES place = wanted ? layout__adapter(layout, i) : NULL;
        if (place && end)
            *end = place;
        if (place)
            end = &place->Next;
    }
}

static ULONG adapters__tell(struct layout *layout, void *room, ULONG *size)
{
    struct layout count = *layout;

    layout__all(&count);
    if (count.used == 0)
        return ERROR_NO_DATA;
    if (!room || count.used > *size) {
        *size = (ULONG)count.used;
        return ERROR_BUFFER_OVERFLOW;
    }
    if (!probe_writable(room, count.used))
        return ERROR_INVALID_PARAMETER;
    layout->to = room;
    layout__all(layout);
    return NO_ERROR;
}

ULONG WINAPI GetAdaptersAddresses(ULONG family, ULONG flags, PVOID reserved,
                                  PIP_ADAPTER_ADDRESSES addresses, PULONG size)
{
    struct net_adapters found;
    struct net_host host = {0};

    (void)reserved;
    if (!size || !probe_writable(size, sizeof *size) ||
        (family != AF_UNSPEC && family != AF_INET && family != AF_INET6))
        return ERROR_INVALID_PARAMETER;
    NTSTATUS status = net_adapters_find(&found);
    if (status != STATUS_SUCCESS)
        return status_win32(status);
    if (!(flags & GAA_FLAG_SKIP_DNS_SERVER))
        net_host_find(&host);
    struct layout layout = {.found = &found, .host = &host, .family = family, .flags = flags};
    ULONG result = adapters__tell(&layout, addresses, size);
    net_adapters_free(&found);
    return result;
}
