/* SPDX-License-Identifier: MIT
 *
 * The host's name, its domain and its name servers, out of gethostname and /etc/resolv.conf. No
 * state.
 */
#include "net/host.h"

#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_CONFIGURATION "/etc/resolv.conf"
#define HOST_BLANKS " \t\r\n"

static void host__copy_name(char *to, const char *from, size_t length)
{
    if (length >= NET_HOST_NAME)
        length = NET_HOST_NAME - 1;
    memcpy(to, from, length);
    to[length] = 0;
}

/* Behind the % of an address: an adapter's name or number. */
static uint32_t host__scope(const char *text)
{
    uint32_t index = if_nametoindex(text);

    return index ? index : (uint32_t)strtoul(text, NULL, 10);
}

static void host__add_server(struct net_host *host, char *text)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)(void *)&storage;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)(void *)&storage;
    int length = NET_ADAPTER_ADDRESS;
    socklen_t given = sizeof *ipv4;

    if (host->server_count == NET_HOST_SERVERS)
        return;
    char *scope = strchr(text, '%');
    if (scope)
        *scope++ = 0;
    if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
        ipv4->sin_family = AF_INET;
    } else if (inet_pton(AF_INET6, text, &ipv6->sin6_addr) == 1) {
        ipv6->sin6_family = AF_INET6;
        ipv6->sin6_scope_id = scope ? host__scope(scope) : 0;
        given = sizeof *ipv6;
    } else {
        return;
    }
    struct net_name_server *server = &host->servers[host->server_count];
    if (address_to_windows(&storage, given, server->bytes, &length) != STATUS_SUCCESS)
        return;
    server->length = (uint8_t)length;
    host->server_count++;
}

/* One line: a word, and what it is about. What begins otherwise is a remark or of no interest. */
static void host__read_line(struct net_host *host, char *line)
{
    char *rest = NULL;
    const char *keyword = strtok_r(line, HOST_BLANKS, &rest);
    char *value = keyword ? strtok_r(NULL, HOST_BLANKS, &rest) : NULL;

    if (!value)
        return;
    if (strcmp(keyword, "nameserver") == 0)
        host__add_server(host, value);
    else if (strcmp(keyword, "domain") == 0 || strcmp(keyword, "search") == 0)
        host__copy_name(host->domain, value, strlen(value));
}

void net_host_read(struct net_host *host, FILE *text)
{
    char line[256];
    bool continued = false;

    while (fgets(line, sizeof line, text)) {
        bool whole = strchr(line, '\n') != NULL;
        if (!continued)
            host__read_line(host, line);
        continued = !whole;
    }
}

void net_host_find(struct net_host *host)
{
    char whole[256] = "";

    *host = (struct net_host){0};
    if (gethostname(whole, sizeof whole - 1) != 0)
        whole[0] = 0;
    size_t length = strcspn(whole, ".");
    host__copy_name(host->name, whole, length);
    if (whole[length])
        host__copy_name(host->domain, whole + length + 1, strlen(whole + length + 1));
    FILE *text = fopen(HOST_CONFIGURATION, "re");
    if (!text)
        return;
    net_host_read(host, text);
    fclose(text);
}
