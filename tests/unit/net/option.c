/* SPDX-License-Identifier: MIT
 *
 * Socket options by Windows' numbers: what is set can be read again and has reached the kernel;
 * sizes, levels, kinds of sockets and values that are refused.
 */
#include "net/option.h"

#include "base/clock.h"
#include "net/address.h"
#include "unit/expect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAULT STATUS_ACCESS_VIOLATION
#define INVALID STATUS_INVALID_PARAMETER
#define NO_OPTION STATUS_OF_WINSOCK(10042)

#define LEVEL_SOCKET 0xFFFF

static struct option_kept kept;

static int open_socket(int family, int type)
{
    int descriptor = socket(family, type, 0);
    memset(&kept, 0, sizeof kept);
    EXPECT(descriptor >= 0);
    EXPECT_EQUAL(option_prepare(descriptor, family, type), 0);
    return descriptor;
}

static int kernel(int descriptor, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : -1;
}

static struct option_target target(int descriptor)
{
    return (struct option_target){.descriptor = descriptor,
                                  .type = kernel(descriptor, SOL_SOCKET, SO_TYPE)};
}

static NTSTATUS set(int descriptor, int level, int name, int value)
{
    return option_set(target(descriptor), &kept, level, name, &value, sizeof value);
}

static int get(int descriptor, int level, int name)
{
    int value = 0x55555555;
    int length = sizeof value;
    NTSTATUS status = option_get(target(descriptor), &kept, level, name, &value, &length);
    return status == STATUS_SUCCESS && length == sizeof value ? value : -12345;
}

/* Set and read again; where the kernel keeps it, `linux_value` is there. */
struct round_trip {
    int family, type, level, name, value;
    int linux_level, linux_name, linux_value;
};

static const struct round_trip round_trips[] = {
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0008, 1, SOL_SOCKET, SO_KEEPALIVE, 1},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0010, 1, SOL_SOCKET, SO_DONTROUTE, 1},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0100, 1, SOL_SOCKET, SO_OOBINLINE, 1},
    {AF_INET, SOCK_DGRAM, LEVEL_SOCKET, 0x0020, 1, SOL_SOCKET, SO_BROADCAST, 1},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0001, 1, -1, 0, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0040, 1, -1, 0, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0004, 1, SOL_SOCKET, SO_REUSEADDR, 1},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x0004, 0, SOL_SOCKET, SO_REUSEADDR, 1},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, ~0x0004, 1, SOL_SOCKET, SO_REUSEADDR, 1},
    {AF_INET, SOCK_DGRAM, LEVEL_SOCKET, 0x0004, 1, SOL_SOCKET, SO_REUSEADDR, 1},
    {AF_INET, SOCK_DGRAM, LEVEL_SOCKET, ~0x0004, 1, SOL_SOCKET, SO_REUSEADDR, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x1001, 20000, SOL_SOCKET, SO_SNDBUF, 40000},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x1002, 30000, SOL_SOCKET, SO_RCVBUF, 60000},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x1001, 0, -1, 0, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x1005, 1500, -1, 0, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x1006, 2500, -1, 0, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x3002, 1, -1, 0, 0},
    {AF_INET, SOCK_STREAM, LEVEL_SOCKET, 0x3006, 1, -1, 0, 0},
    {AF_INET, SOCK_STREAM, 6, 1, 1, IPPROTO_TCP, TCP_NODELAY, 1},
    {AF_INET, SOCK_STREAM, 6, 3, 77, IPPROTO_TCP, TCP_KEEPIDLE, 77},
    {AF_INET, SOCK_STREAM, 6, 17, 8, IPPROTO_TCP, TCP_KEEPINTVL, 8},
    {AF_INET, SOCK_STREAM, 6, 16, 4, IPPROTO_TCP, TCP_KEEPCNT, 4},
    {AF_INET, SOCK_STREAM, 6, 5, 9, IPPROTO_TCP, TCP_USER_TIMEOUT, 9000},
    {AF_INET, SOCK_STREAM, 6, 14, 1234, IPPROTO_TCP, TCP_USER_TIMEOUT, 1234},
    {AF_INET, SOCK_DGRAM, 0, 3, 16, IPPROTO_IP, IP_TOS, 16},
    {AF_INET, SOCK_STREAM, 0, 4, 33, IPPROTO_IP, IP_TTL, 33},
    {AF_INET, SOCK_DGRAM, 0, 10, 5, IPPROTO_IP, IP_MULTICAST_TTL, 5},
    {AF_INET, SOCK_DGRAM, 0, 11, 0, IPPROTO_IP, IP_MULTICAST_LOOP, 0},
    {AF_INET, SOCK_DGRAM, 0, 14, 1, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO},
    {AF_INET, SOCK_DGRAM, 0, 71, 2, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT},
    {AF_INET, SOCK_DGRAM, 0, 19, 1, IPPROTO_IP, IP_PKTINFO, 1},
    {AF_INET, SOCK_DGRAM, 0, 21, 1, IPPROTO_IP, IP_RECVTTL, 1},
    {AF_INET6, SOCK_STREAM, 41, 27, 0, IPPROTO_IPV6, IPV6_V6ONLY, 0},
    {AF_INET6, SOCK_STREAM, 41, 4, 44, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 44},
    {AF_INET6, SOCK_DGRAM, 41, 10, 3, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 3},
    {AF_INET6, SOCK_DGRAM, 41, 19, 1, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
    {AF_INET6, SOCK_STREAM, 41, 23, 10, -1, 0, 0},
    {AF_INET6, SOCK_DGRAM, 41, 31, 1, -1, 0, 0},
};

static void what_is_set_can_be_read(void)
{
    for (size_t i = 0; i < sizeof round_trips / sizeof round_trips[0]; i++) {
        const struct round_trip *trip = &round_trips[i];
        int descriptor = open_socket(trip->family, trip->type);
        EXPECT_EQUAL(set(descriptor, trip->level, trip->name, trip->value), 0);
        EXPECT_EQUAL(get(descriptor, trip->level, trip->name), trip->value);
        if (trip->linux_level >= 0)
            EXPECT_EQUAL(kernel(descriptor, trip->linux_level, trip->linux_name),
                         trip->linux_value);
        close(descriptor);
    }
}

static void defaults(void)
{
    int tcp = open_socket(AF_INET6, SOCK_STREAM);
    EXPECT_EQUAL(get(tcp, 41, 27), 1);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x0004), 0);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x1008), SOCK_STREAM);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x1007), 0);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x0002), 0);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x700C), -1);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, ~0x0080), 1);
    EXPECT_EQUAL(get(tcp, 41, 23), 20);
    EXPECT_EQUAL(listen(tcp, 1), 0);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x0002), 1);
    kept.connected_at = clock_now() - 5 * NANOSECONDS_PER_SECOND;
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, 0x700C), 5);
    struct option_kept accepted;
    option_kept_inherit(&accepted, &kept);
    EXPECT_EQUAL(accepted.connected_at, 0);
    close(tcp);
    int udp = open_socket(AF_INET, SOCK_DGRAM);
    EXPECT_EQUAL(get(udp, LEVEL_SOCKET, 0x2003), 65507);
    close(udp);
}

static void linger(void)
{
    int tcp = open_socket(AF_INET, SOCK_STREAM);
    uint16_t value[2] = {1, 7};
    int length = sizeof value;
    struct linger kernels;
    socklen_t kernels_length = sizeof kernels;
    EXPECT_EQUAL(option_set(target(tcp), &kept, LEVEL_SOCKET, 0x0080, value, sizeof value), 0);
    getsockopt(tcp, SOL_SOCKET, SO_LINGER, &kernels, &kernels_length);
    EXPECT(kernels.l_onoff == 1 && kernels.l_linger == 7);
    memset(value, 0, sizeof value);
    EXPECT_EQUAL(option_get(target(tcp), &kept, LEVEL_SOCKET, 0x0080, value, &length), 0);
    EXPECT(value[0] == 1 && value[1] == 7 && length == 4);
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, ~0x0080, 1), 0);
    EXPECT_EQUAL(get(tcp, LEVEL_SOCKET, ~0x0080), 1);
    EXPECT_EQUAL(option_set(target(tcp), &kept, LEVEL_SOCKET, 0x0080, value, 3), FAULT);
    close(tcp);
}

static void refusals(void)
{
    int tcp = open_socket(AF_INET, SOCK_STREAM);
    char small[3] = {1, 0, 0};
    int length = 3;
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x4242, 1), NO_OPTION);
    EXPECT_EQUAL(set(tcp, 6, 999, 1), NO_OPTION);
    EXPECT_EQUAL(set(tcp, 12345, 1, 1), INVALID);
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x1003, 1), NO_OPTION);
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x1008, 1), NO_OPTION); /* SO_TYPE is only read */
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x0020, 1), NO_OPTION); /* SO_BROADCAST on a stream */
    EXPECT_EQUAL(get(tcp, 0, 12), -12345);                      /* joining is only set */
    EXPECT_EQUAL(option_set(target(tcp), &kept, LEVEL_SOCKET, 0x1001, small, 3), FAULT);
    EXPECT_EQUAL(option_set(target(tcp), &kept, LEVEL_SOCKET, 0x1001, NULL, 4), FAULT);
    EXPECT_EQUAL(option_set(target(tcp), &kept, 6, 1, small, 1), 0);
    EXPECT_EQUAL(option_set(target(tcp), &kept, 6, 1, small, 0), FAULT);
    EXPECT_EQUAL(option_get(target(tcp), &kept, LEVEL_SOCKET, 0x1001, small, &length), FAULT);
    EXPECT_EQUAL(option_get(target(tcp), &kept, LEVEL_SOCKET, 0x1001, NULL, &length), FAULT);
    EXPECT_EQUAL(option_get(target(tcp), &kept, LEVEL_SOCKET, 0x1001, small, NULL), FAULT);
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x1001, -1), INVALID);
    EXPECT_EQUAL(set(tcp, 0, 4, 256), INVALID);
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x0004, 1), 0);
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, ~0x0004, 1), INVALID); /* not both */
    EXPECT_EQUAL(set(tcp, LEVEL_SOCKET, 0x700B, 1), OPTION_IS_CALLERS);
    EXPECT_EQUAL(option_set(target(tcp), &kept, LEVEL_SOCKET, 0x7010, NULL, 0), OPTION_IS_CALLERS);
    close(tcp);
    int udp = open_socket(AF_INET, SOCK_DGRAM);
    EXPECT_EQUAL(set(udp, LEVEL_SOCKET, 0x0008, 1), NO_OPTION);
    EXPECT_EQUAL(set(udp, LEVEL_SOCKET, 0x0080, 1), NO_OPTION);
    EXPECT_EQUAL(set(udp, 6, 1, 1), NO_OPTION);
    close(udp);
    EXPECT(set(udp, LEVEL_SOCKET, 0x1001, 1000) != 0);
}

static void multicast(void)
{
    int udp = open_socket(AF_INET, SOCK_DGRAM);
    uint32_t loopback = htonl(INADDR_LOOPBACK);
    uint32_t group[2] = {htonl(0xEF010203), loopback};
    uint32_t source[3] = {htonl(0xEF010204), htonl(0x7F000002), loopback};
    uint32_t by_index = htonl(1);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 9, &loopback, 4), 0);
    EXPECT_EQUAL(get(udp, 0, 9), (int)loopback);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 9, &by_index, 4), 0);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 12, group, sizeof group), 0);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 12, group, sizeof group),
                 status_of_errno(98, STATUS_PLACE_CALL)); /* EADDRINUSE: joined already */
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 13, group, sizeof group), 0);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 15, source, sizeof source), 0);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 16, source, sizeof source), 0);
    EXPECT_EQUAL(option_set(target(udp), &kept, 0, 12, group, 7), FAULT);
    close(udp);
}

int main(void)
{
    what_is_set_can_be_read();
    defaults();
    linger();
    refusals();
    multicast();
    return expect_report();
}
