/* SPDX-License-Identifier: MIT
 *
 * What is read in a resolv.conf.
 */
#include "net/host.h"
#include "unit/expect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

static struct net_host read_text(const char *text)
{
    struct net_host host = {0};
    FILE *file = fmemopen((char *)text, strlen(text), "r");

    EXPECT(file != NULL);
    if (file) {
        net_host_read(&host, file);
        fclose(file);
    }
    return host;
}

static bool is_ipv4(const struct net_name_server *server, const char *text)
{
    struct sockaddr_in address;
    struct in_addr wanted;

    memcpy(&address, server->bytes, sizeof address);
    return server->length == 16 && address.sin_family == 2 && address.sin_port == 0 &&
           inet_pton(AF_INET, text, &wanted) == 1 && address.sin_addr.s_addr == wanted.s_addr;
}

static bool is_ipv6(const struct net_name_server *server, const char *text, unsigned scope)
{
    struct sockaddr_in6 address;
    struct in6_addr wanted;

    memcpy(&address, server->bytes, sizeof address);
    return server->length == 28 && address.sin6_family == 23 && address.sin6_scope_id == scope &&
           inet_pton(AF_INET6, text, &wanted) == 1 &&
           memcmp(&address.sin6_addr, &wanted, sizeof wanted) == 0;
}

static void servers(void)
{
    struct net_host host = read_text("# nameserver 10.0.0.9\n"
                                     "; nameserver 10.0.0.8\n"
                                     "nameserver 10.0.0.1\n"
                                     "nameserver\tfe80::1%7 \r\n"
                                     "nameserver\n"
                                     "nameserver nobody\n"
                                     "nameserver 2001:db8::1\n"
                                     "nameserver 10.0.0.4");
    EXPECT_EQUAL(host.server_count, 3);
    EXPECT(is_ipv4(&host.servers[0], "10.0.0.1"));
    EXPECT(is_ipv6(&host.servers[1], "fe80::1", 7));
    EXPECT(is_ipv6(&host.servers[2], "2001:db8::1", 0));
    EXPECT_EQUAL(host.domain[0], 0);
    host = read_text("options edns0\n  nameserver 10.0.0.4");
    EXPECT(host.server_count == 1 && is_ipv4(&host.servers[0], "10.0.0.4"));
}

static void domains(void)
{
    EXPECT(strcmp(read_text("search first.example second.example\n").domain, "first.example") == 0);
    EXPECT(strcmp(read_text("domain a.example\nsearch b.example\n").domain, "b.example") == 0);
    char text[1200] = "search ";
    memset(text + 7, 'd', 1000);
    strncpy(text + 1007, "\nnameserver 10.0.0.1\n", 100);
    struct net_host host = read_text(text);
    EXPECT_EQUAL(strlen(host.domain), NET_HOST_NAME - 1);
    EXPECT(host.server_count == 1 && is_ipv4(&host.servers[0], "10.0.0.1"));
    /* What a long line has behind its beginning is no line. */
    memset(text + 7, ' ', 1000);
    memcpy(text + 255, "nameserver 10.0.0.2 ", 20);
    EXPECT_EQUAL(read_text(text).server_count, 1);
}

int main(void)
{
    struct net_host host;

    servers();
    domains();
    net_host_find(&host);
    EXPECT(host.name[0] && !strchr(host.name, '.'));
    return expect_report();
}
