/* SPDX-License-Identifier: MIT
 *
 * What the machine is called, and whom it asks for the names of others, as at the moment of asking.
 */
#ifndef NET_HOST_H
#define NET_HOST_H

#include "net/adapter.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    NET_HOST_NAME = 129,  /* bytes, with the zero */
    NET_HOST_SERVERS = 3, /* of name servers the C library asks no more */
};

struct net_name_server {
    uint8_t length;
    _Alignas(8) char bytes[NET_ADAPTER_ADDRESS]; /* in Windows' form */
};

struct net_host {
    char name[NET_HOST_NAME];   /* up to its first dot */
    char domain[NET_HOST_NAME]; /* or empty */
    struct net_name_server servers[NET_HOST_SERVERS];
    size_t server_count;
};

void net_host_find(struct net_host *host);

/* Adds what the text of a resolv.conf tells. */
void net_host_read(struct net_host *host, FILE *text);

#endif
