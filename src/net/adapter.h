/* SPDX-License-Identifier: MIT
 *
 * The machine's network adapters and their addresses, as they are at the moment of asking.
 */
#ifndef NET_ADAPTER_H
#define NET_ADAPTER_H

#include "status/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NET_ADAPTER_NAME = 16,    /* bytes, with the zero */
    NET_ADAPTER_PHYSICAL = 8, /* bytes of a physical address that are kept */
    NET_ADAPTER_ADDRESS = 28, /* of an address in Windows' form */
};

enum net_adapter_kind {
    NET_ADAPTER_OTHER,
    NET_ADAPTER_ETHERNET,
    NET_ADAPTER_WIRELESS,
    NET_ADAPTER_LOOPBACK,
    NET_ADAPTER_POINT_TO_POINT,
    NET_ADAPTER_TUNNEL,
    NET_ADAPTER_VIRTUAL, /* a program's, not a device's */
    NET_ADAPTER_KINDS
};

struct net_adapter {
    char name[NET_ADAPTER_NAME];
    uint32_t index;
    uint32_t mtu;
    enum net_adapter_kind kind;
    bool is_up;      /* switched on and connected */
    bool is_dormant; /* it waits for something to happen outside */
    bool multicasts;
    bool has_ipv4;
    bool has_ipv6;
    uint8_t physical_length; /* at most NET_ADAPTER_PHYSICAL */
    uint8_t physical[NET_ADAPTER_PHYSICAL];
};

struct net_adapter_address {
    size_t adapter; /* its place in the array */
    uint8_t length;
    uint8_t prefix;                              /* bits that the network has in common */
    _Alignas(8) char bytes[NET_ADAPTER_ADDRESS]; /* in Windows' form */
};

struct net_adapters {
    struct net_adapter *adapters; /* the loopback last */
    size_t adapter_count;
    struct net_adapter_address *addresses; /* of IPv4 and IPv6 */
    size_t address_count;
};

/* To be freed with net_adapters_free. */
NTSTATUS net_adapters_find(struct net_adapters *found);
void net_adapters_free(struct net_adapters *found);

#endif
