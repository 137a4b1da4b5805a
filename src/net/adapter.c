/* SPDX-License-Identifier: MIT
 *
 * Adapters out of getifaddrs, whose list has an entry for each adapter (of the family AF_PACKET)
 * and one for each address. No locks.
 */
#include "net/adapter.h"

#include "base/fault.h"
#include "net/address.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Of linux/wireless.h, which cannot be included beside net/if.h: only wireless adapters answer. */
#define ADAPTER_WIRELESS_NAME 0x8B01

_Static_assert(NET_ADAPTER_NAME == IFNAMSIZ, "names of adapters");
_Static_assert(NET_ADAPTER_ADDRESS == ADDRESS_LENGTH_IPV6, "the longest address");

static bool adapter__ask(int descriptor, const char *name, unsigned long request,
                         struct ifreq *answer)
{
    *answer = (struct ifreq){0};
    memcpy(answer->ifr_name, name, NET_ADAPTER_NAME);
    return ioctl(descriptor, request, answer) == 0;
}

static enum net_adapter_kind adapter__kind(const struct ifaddrs *entry, unsigned hardware,
                                           bool wireless)
{
    if (entry->ifa_flags & IFF_LOOPBACK)
        return NET_ADAPTER_LOOPBACK;
    switch (hardware) {
    case ARPHRD_ETHER:
        return wireless ? NET_ADAPTER_WIRELESS : NET_ADAPTER_ETHERNET;
    case ARPHRD_IEEE80211:
        return NET_ADAPTER_WIRELESS;
    case ARPHRD_PPP:
        return NET_ADAPTER_POINT_TO_POINT;
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
        return NET_ADAPTER_TUNNEL;
    case ARPHRD_NONE:
        return NET_ADAPTER_VIRTUAL;
    default:
        return NET_ADAPTER_OTHER;
    }
}

/* The adapter of an entry, whose name may be an address's label ("eth0:1"); made if it is new. */
static struct net_adapter *adapter__of(struct net_adapters *found, const struct ifaddrs *entry)
{
    char name[NET_ADAPTER_NAME] = {0};

    memcpy(name, entry->ifa_name, strnlen(entry->ifa_name, sizeof name - 1));
    name[strcspn(name, ":")] = 0;
    for (size_t i = 0; i < found->adapter_count; i++)
        if (strcmp(found->adapters[i].name, name) == 0)
            return &found->adapters[i];
    struct net_adapter *adapter = &found->adapters[found->adapter_count++];
    memcpy(adapter->name, name, strlen(name) + 1);
    return adapter;
}

static void adapter__describe(struct net_adapter *adapter, const struct ifaddrs *entry,
                              int descriptor)
{
    const struct sockaddr_ll *link = (const struct sockaddr_ll *)(const void *)entry->ifa_addr;
    struct ifreq answer;
    bool wireless = adapter__ask(descriptor, adapter->name, ADAPTER_WIRELESS_NAME, &answer);

    adapter->index = (uint32_t)link->sll_ifindex;
    adapter->kind = adapter__kind(entry, link->sll_hatype, wireless);
    adapter->is_up = entry->ifa_flags & IFF_UP && entry->ifa_flags & IFF_RUNNING;
    adapter->is_dormant = entry->ifa_flags & IFF_UP && entry->ifa_flags & (1u << 17);
    adapter->multicasts = (entry->ifa_flags & IFF_MULTICAST) != 0;
    if (adapter__ask(descriptor, adapter->name, SIOCGIFMTU, &answer))
        adapter->mtu = (uint32_t)answer.ifr_mtu;
    if (adapter->kind != NET_ADAPTER_LOOPBACK && link->sll_halen <= NET_ADAPTER_PHYSICAL) {
        adapter->physical_length = link->sll_halen;
        memcpy(adapter->physical, link->sll_addr, link->sll_halen);
    }
}

static unsigned address__bits(const unsigned char *bytes, size_t count)
{
    unsigned bits = 0;

    for (size_t i = 0; i < count; i++)
        bits += (unsigned)__builtin_popcount(bytes[i]);
    return bits;
}

/* No mask: the address is alone in its network. */
static unsigned address__prefix(int family, const struct sockaddr *mask)
{
    if (family == AF_INET)
        return mask ? address__bits(
                          (const void *)&((const struct sockaddr_in *)(const void *)mask)->sin_addr,
                          sizeof(struct in_addr))
                    : 32;
    return mask ? address__bits(
                      (const void *)&((const struct sockaddr_in6 *)(const void *)mask)->sin6_addr,
                      sizeof(struct in6_addr))
                : 128;
}

static void adapter__add_address(struct net_adapters *found, const struct ifaddrs *entry)
{
    struct net_adapter *adapter = adapter__of(found, entry);
    struct net_adapter_address *address = &found->addresses[found->address_count];
    struct sockaddr_storage storage = {0};
    int family = entry->ifa_addr->sa_family, length = NET_ADAPTER_ADDRESS;
    socklen_t given = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

    memcpy(&storage, entry->ifa_addr, given);
    if (address_to_windows(&storage, given, address->bytes, &length) != STATUS_SUCCESS)
        return;
    address->length = (uint8_t)length;
    address->prefix = (uint8_t)address__prefix(family, entry->ifa_netmask);
    address->adapter = (size_t)(adapter - found->adapters);
    adapter->has_ipv4 |= family == AF_INET;
    adapter->has_ipv6 |= family == AF_INET6;
    if (adapter->index == 0)
        adapter->index = if_nametoindex(adapter->name);
    found->address_count++;
}

/* First the adapters, then the loopback, then the addresses, which know their places. */
static void adapters__fill(struct net_adapters *found, const struct ifaddrs *all, int descriptor)
{
    for (int loopback = 0; loopback < 2; loopback++)
        for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next)
            if (entry->ifa_addr && entry->ifa_addr->sa_family == AF_PACKET &&
                loopback == ((entry->ifa_flags & IFF_LOOPBACK) != 0))
                adapter__describe(adapter__of(found, entry), entry, descriptor);
    for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next)
        if (entry->ifa_addr &&
            (entry->ifa_addr->sa_family == AF_INET || entry->ifa_addr->sa_family == AF_INET6))
            adapter__add_address(found, entry);
}

NTSTATUS net_adapters_find(struct net_adapters *found)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct ifaddrs *all = NULL;
    size_t count = 0;

    *found = (struct net_adapters){0};
    int descriptor = fault_hit(FAULT_DESCRIPTOR) ? (errno = EMFILE, -1)
                                                 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || getifaddrs(&all) < 0)
        status = status_of_errno(errno, STATUS_PLACE_CALL);
    for (const struct ifaddrs *entry = all; entry; entry = entry->ifa_next)
        count++;
    if (status == STATUS_SUCCESS && count) {
        found->adapters = fault_calloc(count, sizeof *found->adapters);
        found->addresses = fault_calloc(count, sizeof *found->addresses);
        if (!found->adapters || !found->addresses)
            status = STATUS_NO_MEMORY;
        else
            adapters__fill(found, all, descriptor);
    }
    if (all)
        freeifaddrs(all);
    if (descriptor >= 0)
        close(descriptor);
    if (status != STATUS_SUCCESS)
        net_adapters_free(found);
    return status;
}

void net_adapters_free(struct net_adapters *found)
{
    free(found->adapters);
    free(found->addresses);
    *found = (struct net_adapters){0};
}
