/* SPDX-License-Identifier: MIT
 *
 * The table: one row per option, with Windows' level and name, the sockets that have it, the
 * kernel's level and name, and how its value is set and read (option_values.c).
 */
#include "net/option_values.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#define LEVEL_SOCKET 0xFFFF
#define LEVEL_IP 0
#define LEVEL_TCP 6
#define LEVEL_UDP 17
#define LEVEL_IPV6 41

/* clang-format off */
static const struct option_row option_rows[] = {
    /* SO_DEBUG ... */
    {LEVEL_SOCKET, 0x0001, ANY, 0, FLAG_DEBUG, option__set_flag, option__get_flag},
    {LEVEL_SOCKET, 0x0002, ANY, SOL_SOCKET, SO_ACCEPTCONN, NULL, option__get_boolean},
    {LEVEL_SOCKET, 0x0004, ANY, 0, FLAG_REUSE_ADDRESS, option__set_sharing, option__get_flag},
    {LEVEL_SOCKET, ~0x0004, ANY, 0, FLAG_EXCLUSIVE_ADDRESS, option__set_sharing, option__get_flag},
    {LEVEL_SOCKET, 0x0008, STREAM, SOL_SOCKET, SO_KEEPALIVE,
     option__set_boolean, option__get_boolean},
    {LEVEL_SOCKET, 0x0010, ANY, SOL_SOCKET, SO_DONTROUTE, option__set_boolean, option__get_boolean},
    {LEVEL_SOCKET, 0x0020, DATAGRAM, SOL_SOCKET, SO_BROADCAST,
     option__set_boolean, option__get_boolean},
    {LEVEL_SOCKET, 0x0040, ANY, 0, FLAG_USE_LOOPBACK, option__set_flag, option__get_flag},
    {LEVEL_SOCKET, 0x0080, STREAM, SOL_SOCKET, SO_LINGER, option__set_linger, option__get_linger},
    {LEVEL_SOCKET, ~0x0080, STREAM, SOL_SOCKET, SO_LINGER,
     option__set_dont_linger, option__get_dont_linger},
    {LEVEL_SOCKET, 0x0100, STREAM, SOL_SOCKET, SO_OOBINLINE,
     option__set_boolean, option__get_boolean},
    /* SO_SNDBUF ... SO_TYPE; the low-water marks 0x1003 and 0x1004 do not exist on Windows */
    {LEVEL_SOCKET, 0x1001, ANY, SOL_SOCKET, SO_SNDBUF, option__set_buffer, option__get_buffer},
    {LEVEL_SOCKET, 0x1002, ANY, SOL_SOCKET, SO_RCVBUF, option__set_buffer, option__get_buffer},
    {LEVEL_SOCKET, 0x1005, ANY, SOL_SOCKET, SO_SNDTIMEO, option__set_timeout, option__get_timeout},
    {LEVEL_SOCKET, 0x1006, ANY, SOL_SOCKET, SO_RCVTIMEO, option__set_timeout, option__get_timeout},
    {LEVEL_SOCKET, 0x1007, ANY, SOL_SOCKET, SO_ERROR, NULL, option__get_error},
    {LEVEL_SOCKET, 0x1008, ANY, SOL_SOCKET, SO_TYPE, NULL, option__get_number},
    /* SO_MAX_MSG_SIZE, SO_PROTOCOL_INFOA, SO_PROTOCOL_INFOW */
    {LEVEL_SOCKET, 0x2003, DATAGRAM, 0, 0, NULL, option__get_largest_message},
    {LEVEL_SOCKET, 0x2004, ANY, 0, 0, NULL, option__get_callers},
    {LEVEL_SOCKET, 0x2005, ANY, 0, 0, NULL, option__get_callers},
    /* SO_CONDITIONAL_ACCEPT, SO_RANDOMIZE_PORT, SO_PORT_SCALABILITY, SO_REUSE_UNICASTPORT,
     * SO_REUSE_MULTICASTPORT */
    {LEVEL_SOCKET, 0x3002, STREAM, 0, FLAG_CONDITIONAL_ACCEPT, option__set_flag, option__get_flag},
    {LEVEL_SOCKET, 0x3005, ANY, 0, FLAG_RANDOMIZE_PORT, option__set_flag, option__get_flag},
    {LEVEL_SOCKET, 0x3006, ANY, 0, FLAG_PORT_SCALABILITY, option__set_flag, option__get_flag},
    {LEVEL_SOCKET, 0x3007, ANY, 0, FLAG_REUSE_UNICAST_PORT, option__set_flag, option__get_flag},
    {LEVEL_SOCKET, 0x3008, ANY, 0, FLAG_REUSE_MULTICAST_PORT, option__set_flag, option__get_flag},
    /* SO_UPDATE_ACCEPT_CONTEXT, SO_CONNECT_TIME, SO_UPDATE_CONNECT_CONTEXT */
    {LEVEL_SOCKET, 0x700B, ANY, 0, 0, option__set_callers, NULL},
    {LEVEL_SOCKET, 0x700C, ANY, 0, 0, NULL, option__get_connect_time},
    {LEVEL_SOCKET, 0x7010, ANY, 0, 0, option__set_callers, NULL},

    /* TCP_NODELAY, TCP_KEEPIDLE, TCP_MAXSEG, TCP_MAXRT, TCP_ATMARK, TCP_MAXRTMS, TCP_FASTOPEN,
     * TCP_KEEPCNT, TCP_KEEPINTVL, TCP_FAIL_CONNECT_ON_ICMP_ERROR, TCP_BSDURGENT */
    {LEVEL_TCP, 1, STREAM, IPPROTO_TCP, TCP_NODELAY, option__set_boolean, option__get_boolean},
    {LEVEL_TCP, 3, STREAM, IPPROTO_TCP, TCP_KEEPIDLE, option__set_number, option__get_number},
    {LEVEL_TCP, 4, STREAM, IPPROTO_TCP, TCP_MAXSEG, NULL, option__get_number},
    {LEVEL_TCP, OPTION_TCP_MAXRT, STREAM, IPPROTO_TCP, TCP_USER_TIMEOUT, option__set_user_timeout,
     option__get_user_timeout},
    {LEVEL_TCP, 8, STREAM, 0, 0, NULL, option__get_at_mark},
    {LEVEL_TCP, 14, STREAM, IPPROTO_TCP, TCP_USER_TIMEOUT,
     option__set_user_timeout, option__get_user_timeout},
    {LEVEL_TCP, 15, STREAM, 0, FLAG_FAST_OPEN, option__set_flag, option__get_flag},
    {LEVEL_TCP, 16, STREAM, IPPROTO_TCP, TCP_KEEPCNT, option__set_number, option__get_number},
    {LEVEL_TCP, 17, STREAM, IPPROTO_TCP, TCP_KEEPINTVL, option__set_number, option__get_number},
    {LEVEL_TCP, 18, STREAM, 0, FLAG_ICMP_ERROR, option__set_flag, option__get_flag},
    {LEVEL_TCP, 0x7000, STREAM, 0, FLAG_URGENT_BSD, option__set_flag, option__get_flag},

    /* UDP_NOCHECKSUM, UDP_SEND_MSG_SIZE, UDP_RECV_MAX_COALESCED_SIZE */
    {LEVEL_UDP, 1, DATAGRAM, SOL_SOCKET, SO_NO_CHECK, option__set_boolean, option__get_boolean},
    {LEVEL_UDP, 2, DATAGRAM, IPPROTO_UDP, LINUX_UDP_SEGMENT,
     option__set_number, option__get_number},
    {LEVEL_UDP, 3, DATAGRAM, IPPROTO_UDP, LINUX_UDP_GRO, option__set_boolean, option__get_number},

    /* IP_OPTIONS, IP_HDRINCL, IP_TOS, IP_TTL */
    {LEVEL_IP, 1, ANY, IPPROTO_IP, IP_OPTIONS, option__set_bytes, option__get_bytes},
    {LEVEL_IP, 2, DATAGRAM, IPPROTO_IP, IP_HDRINCL, option__set_boolean, option__get_boolean},
    {LEVEL_IP, 3, ANY, IPPROTO_IP, IP_TOS, option__set_hops, option__get_number},
    {LEVEL_IP, 4, ANY, IPPROTO_IP, IP_TTL, option__set_hops, option__get_number},
    /* multicast: interface, TTL, loop, join, leave, join and leave of one source, block, unblock */
    {LEVEL_IP, 9, DATAGRAM, IPPROTO_IP, IP_MULTICAST_IF,
     option__set_multicast_interface, option__get_bytes},
    {LEVEL_IP, 10, DATAGRAM, IPPROTO_IP, IP_MULTICAST_TTL, option__set_hops, option__get_number},
    {LEVEL_IP, 11, DATAGRAM, IPPROTO_IP, IP_MULTICAST_LOOP,
     option__set_boolean, option__get_boolean},
    {LEVEL_IP, 12, DATAGRAM, IPPROTO_IP, IP_ADD_MEMBERSHIP, option__set_membership, NULL},
    {LEVEL_IP, 13, DATAGRAM, IPPROTO_IP, IP_DROP_MEMBERSHIP, option__set_membership, NULL},
    {LEVEL_IP, 15, DATAGRAM, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP,
     option__set_source_membership, NULL},
    {LEVEL_IP, 16, DATAGRAM, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP,
     option__set_source_membership, NULL},
    {LEVEL_IP, 17, DATAGRAM, IPPROTO_IP, IP_BLOCK_SOURCE, option__set_source_membership, NULL},
    {LEVEL_IP, 18, DATAGRAM, IPPROTO_IP, IP_UNBLOCK_SOURCE, option__set_source_membership, NULL},
    /* IP_DONTFRAGMENT, IP_PKTINFO, IP_RECVTTL, IP_RECVIF, IP_RECVDSTADDR, IP_RECEIVE_BROADCAST,
     * IP_UNICAST_IF, IP_RECVTOS, IP_ECN, IP_MTU_DISCOVER, IP_MTU, IP_RECVERR */
    {LEVEL_IP, 14, ANY, IPPROTO_IP, IP_MTU_DISCOVER,
     option__set_dont_fragment, option__get_dont_fragment},
    {LEVEL_IP, 19, DATAGRAM, IPPROTO_IP, IP_PKTINFO, option__set_wish, option__get_wish},
    {LEVEL_IP, 21, DATAGRAM, IPPROTO_IP, IP_RECVTTL, option__set_boolean, option__get_boolean},
    {LEVEL_IP, 24, DATAGRAM, IPPROTO_IP, IP_PKTINFO, option__set_wish, option__get_wish},
    {LEVEL_IP, 25, DATAGRAM, IPPROTO_IP, IP_PKTINFO, option__set_wish, option__get_wish},
    {LEVEL_IP, 22, DATAGRAM, 0, FLAG_RECEIVE_BROADCAST, option__set_flag, option__get_flag},
    {LEVEL_IP, 31, ANY, IPPROTO_IP, IP_UNICAST_IF, option__set_number, option__get_number},
    {LEVEL_IP, 40, DATAGRAM, IPPROTO_IP, IP_RECVTOS, option__set_wish, option__get_wish},
    {LEVEL_IP, 50, DATAGRAM, IPPROTO_IP, IP_RECVTOS, option__set_wish, option__get_wish},
    {LEVEL_IP, 71, ANY, IPPROTO_IP, IP_MTU_DISCOVER, option__set_discovery, option__get_discovery},
    {LEVEL_IP, 73, ANY, IPPROTO_IP, IP_MTU, NULL, option__get_number},
    {LEVEL_IP, 75, DATAGRAM, IPPROTO_IP, IP_RECVERR, option__set_boolean, option__get_boolean},

    /* IPV6_HDRINCL, IPV6_UNICAST_HOPS, multicast as above */
    {LEVEL_IPV6, 2, DATAGRAM, IPPROTO_IPV6, IPV6_HDRINCL, option__set_boolean, option__get_boolean},
    {LEVEL_IPV6, 4, ANY, IPPROTO_IPV6, IPV6_UNICAST_HOPS, option__set_hops, option__get_number},
    {LEVEL_IPV6, 9, DATAGRAM, IPPROTO_IPV6, IPV6_MULTICAST_IF,
     option__set_number, option__get_number},
    {LEVEL_IPV6, 10, DATAGRAM, IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
     option__set_hops, option__get_number},
    {LEVEL_IPV6, 11, DATAGRAM, IPPROTO_IPV6, IPV6_MULTICAST_LOOP,
     option__set_boolean, option__get_boolean},
    {LEVEL_IPV6, 12, DATAGRAM, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, option__set_bytes, NULL},
    {LEVEL_IPV6, 13, DATAGRAM, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, option__set_bytes, NULL},
    /* IPV6_DONTFRAG, IPV6_PKTINFO, IPV6_RECVIF, IPV6_RECVDSTADDR, IPV6_HOPLIMIT,
     * IPV6_PROTECTION_LEVEL, IPV6_V6ONLY, IPV6_UNICAST_IF, IPV6_TCLASS, IPV6_RECVTCLASS, IPV6_ECN,
     * IPV6_MTU_DISCOVER, IPV6_MTU, IPV6_RECVERR */
    {LEVEL_IPV6, 14, ANY, IPPROTO_IPV6, IPV6_DONTFRAG, option__set_boolean, option__get_boolean},
    {LEVEL_IPV6, 19, DATAGRAM, IPPROTO_IPV6, IPV6_RECVPKTINFO, option__set_wish, option__get_wish},
    {LEVEL_IPV6, 24, DATAGRAM, IPPROTO_IPV6, IPV6_RECVPKTINFO, option__set_wish, option__get_wish},
    {LEVEL_IPV6, 25, DATAGRAM, IPPROTO_IPV6, IPV6_RECVPKTINFO, option__set_wish, option__get_wish},
    {LEVEL_IPV6, 21, DATAGRAM, IPPROTO_IPV6, IPV6_RECVHOPLIMIT,
     option__set_boolean, option__get_boolean},
    {LEVEL_IPV6, 23, ANY, 0, 0, option__set_protection, option__get_protection},
    {LEVEL_IPV6, 27, ANY, IPPROTO_IPV6, IPV6_V6ONLY, option__set_boolean, option__get_boolean},
    {LEVEL_IPV6, 31, ANY, IPPROTO_IPV6, IPV6_UNICAST_IF, option__set_unicast_interface,
     option__get_unicast_interface},
    {LEVEL_IPV6, 39, ANY, IPPROTO_IPV6, IPV6_TCLASS, option__set_hops, option__get_number},
    {LEVEL_IPV6, 40, DATAGRAM, IPPROTO_IPV6, IPV6_RECVTCLASS, option__set_wish, option__get_wish},
    {LEVEL_IPV6, 50, DATAGRAM, IPPROTO_IPV6, IPV6_RECVTCLASS, option__set_wish, option__get_wish},
    {LEVEL_IPV6, 71, ANY, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
     option__set_discovery, option__get_discovery},
    {LEVEL_IPV6, 72, ANY, IPPROTO_IPV6, IPV6_MTU, NULL, option__get_number},
    {LEVEL_IPV6, 75, DATAGRAM, IPPROTO_IPV6, IPV6_RECVERR,
     option__set_boolean, option__get_boolean},
};
/* clang-format on */

static const struct option_row *option__find(int type, int level, int name)
{
    for (size_t i = 0; i < sizeof option_rows / sizeof option_rows[0]; i++) {
        const struct option_row *row = &option_rows[i];
        if (row->level != level || row->name != name)
            continue;
        if (row->sockets == ANY)
            return row;
        bool stream = type == SOCK_STREAM || type == SOCK_SEQPACKET;
        return (stream ? STREAM : DATAGRAM) == row->sockets ? row : NULL;
    }
    return NULL;
}

static bool option__level_is_known(int level)
{
    return level == LEVEL_SOCKET || level == LEVEL_IP || level == LEVEL_TCP || level == LEVEL_UDP ||
           level == LEVEL_IPV6;
}

NTSTATUS option_set(struct option_target target, struct option_kept *kept, int level, int name,
                    const void *value, int length)
{
    const struct option_row *row = option__find(target.type, level, name);
    if (!row || !row->set)
        return option__level_is_known(level) ? OPTION_NONE : OPTION_INVALID;
    if ((!value && row->set != option__set_callers) || length < 0)
        return OPTION_FAULT;
    return row->set(&(struct option_call){target.descriptor, target.type, kept, row}, value,
                    length);
}

NTSTATUS option_get(struct option_target target, const struct option_kept *kept, int level,
                    int name, void *value, int *length)
{
    const struct option_row *row = option__find(target.type, level, name);
    if (!row || !row->get)
        return option__level_is_known(level) ? OPTION_NONE : OPTION_INVALID;
    if (!value || !length || *length < 0)
        return OPTION_FAULT;
    /* Getters write nothing through `kept`. */
    return row->get(
        &(struct option_call){target.descriptor, target.type, (struct option_kept *)kept, row},
        value, length);
}

bool option_kept_matters(const struct option_kept *kept)
{
    return kept->receive_timeout || kept->send_timeout || kept->protection_level ||
           (kept->flags & ~(uint32_t)(FLAG_REUSE_ADDRESS | FLAG_EXCLUSIVE_ADDRESS));
}

NTSTATUS option_prepare(int descriptor, int linux_family, int linux_type)
{
    int on = 1;
    int result = 0;
    if (linux_family == AF_INET6)
        result = setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (result == 0 && linux_type == SOCK_STREAM && linux_family != AF_UNIX)
        result = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return option__status(result);
}
