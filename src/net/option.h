/* SPDX-License-Identifier: MIT
 *
 * Socket options: Windows' levels, numbers, units and sizes, set on and read from a descriptor.
 *
 * Some options exist only in the library: the caller keeps a struct option_kept for each socket,
 * zeroed but for what option_kept_init says, and an accepted socket begins with a copy of its
 * listener's (option_kept_inherit).
 *
 * Departures that follow from the kernel:
 *  - Windows lets a port be bound again while old connections linger in TIME_WAIT; Linux needs
 *    SO_REUSEADDR for that. option_prepare sets it for every stream socket. A second listener on
 *    the same port is refused by Linux even so, with SO_REUSEADDR on both as well: what
 *    SO_EXCLUSIVEADDRUSE demands holds for streams always. On datagram sockets SO_REUSEADDR and
 *    SO_EXCLUSIVEADDRUSE are the kernel's SO_REUSEADDR on and off.
 *  - SO_SNDBUF or SO_RCVBUF 0 is remembered and reported, and leaves the kernel's buffer alone:
 *    the kernel has no unbuffered mode.
 *  - SO_DEBUG, SO_USELOOPBACK and the port options without a counterpart are remembered only.
 */
#ifndef NET_OPTION_H
#define NET_OPTION_H

#include "status/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Not for this room: SO_UPDATE_ACCEPT_CONTEXT, SO_UPDATE_CONNECT_CONTEXT, SO_PROTOCOL_INFOA and
 * SO_PROTOCOL_INFOW, which need the other socket or the provider. Never leaves the library. */
#define OPTION_IS_CALLERS ((NTSTATUS)0xE0000001)

/* What the program wants to be told with each message, bits of option_kept.flags: several of them
 * are answered by one option of the kernel's. */
enum option_wishes {
    OPTION_WISH_PACKET = 1u << 16,      /* IP_PKTINFO */
    OPTION_WISH_INTERFACE = 1u << 17,   /* IP_RECVIF */
    OPTION_WISH_DESTINATION = 1u << 18, /* IP_RECVDSTADDR */
    OPTION_WISH_FLAGS = 1u << 19,       /* the library's own: MSG_BCAST, MSG_MCAST */
    OPTION_WISH_CLASS = 1u << 20,       /* IP_RECVTOS */
    OPTION_WISH_ECN = 1u << 21,         /* IP_ECN */
    OPTION_WISH_IPV6 = 6,               /* shifted by so many bits: the same of IPv6 */
};

struct option_kept {
    int64_t connected_at;     /* clock_now() of the connection; 0: not connected (ACC-16) */
    uint32_t receive_timeout; /* milliseconds; 0: for ever */
    uint32_t send_timeout;
    uint32_t flags; /* one bit for each boolean that only the library knows */
    uint8_t protection_level;
};

/* What a new socket's descriptor needs so that it behaves as Windows' does: reuse of TIME_WAIT
 * ports, IPV6_V6ONLY on. Families and types are Linux'. */
NTSTATUS option_prepare(int descriptor, int linux_family, int linux_type);

/* What an accepted socket takes over. */
static inline void option_kept_inherit(struct option_kept *kept, const struct option_kept *listener)
{
    *kept = *listener;
    kept->connected_at = 0;
}

/* Nothing is kept beyond what a new socket has. */
static inline bool option_kept_nothing(const struct option_kept *kept)
{
    return !kept->receive_timeout && !kept->send_timeout && !kept->flags && !kept->protection_level;
}

/* Whether a listener's options are worth the memory of an accepted socket: whoever may bind its
 * address is no matter of a connection. */
bool option_kept_matters(const struct option_kept *kept);

/* Before the first message is received: what the kernel has to tell for its flags. */
void option_prepare_messages(int descriptor, struct option_kept *kept);

/* Whose options: the descriptor, and its type, which whoever has the socket knows without asking
 * the system. */
struct option_target {
    int descriptor;
    int type; /* Linux' */
};

/* setsockopt: unknown level or name, or not for this kind of socket: 10042; NULL or too short:
 * 10014; a value out of range: 10022. */
NTSTATUS option_set(struct option_target target, struct option_kept *kept, int level, int name,
                    const void *value, int length);

/* getsockopt: *length is the room and becomes what was written. */
NTSTATUS option_get(struct option_target target, const struct option_kept *kept, int level,
                    int name, void *value, int *length);

#endif
