/* SPDX-License-Identifier: MIT
 *
 * The manners in which an option's value is read, kept and translated. Private to net/option*.c.
 */
#ifndef NET_OPTION_VALUES_H
#define NET_OPTION_VALUES_H

#include "net/option.h"

#define OPTION_NONE STATUS_OF_WINSOCK(10042)
#define OPTION_FAULT STATUS_ACCESS_VIOLATION
#define OPTION_INVALID STATUS_INVALID_PARAMETER

/* TCP_MAXRT counts seconds where TCP_MAXRTMS counts milliseconds. */
#define OPTION_TCP_MAXRT 5

/* Linux numbers that older C libraries lack. */
#define LINUX_UDP_SEGMENT 103
#define LINUX_UDP_GRO 104

enum option_socket { STREAM = 1, DATAGRAM = 2, ANY = 3 };

enum option_flag {
    FLAG_DEBUG = 1u << 0,
    FLAG_REUSE_ADDRESS = 1u << 1,
    FLAG_EXCLUSIVE_ADDRESS = 1u << 2,
    FLAG_USE_LOOPBACK = 1u << 3,
    FLAG_CONDITIONAL_ACCEPT = 1u << 4,
    FLAG_RANDOMIZE_PORT = 1u << 5,
    FLAG_PORT_SCALABILITY = 1u << 6,
    FLAG_REUSE_UNICAST_PORT = 1u << 7,
    FLAG_REUSE_MULTICAST_PORT = 1u << 8,
    FLAG_NO_SEND_BUFFER = 1u << 9,
    FLAG_NO_RECEIVE_BUFFER = 1u << 10,
    FLAG_FAST_OPEN = 1u << 11,
    FLAG_ICMP_ERROR = 1u << 12,
    FLAG_URGENT_BSD = 1u << 13,
    FLAG_RECEIVE_BROADCAST = 1u << 14,
    /* OPTION_WISH_* of option.h begin at 16 */
};

struct option_call {
    int descriptor;
    int type; /* Linux' */
    struct option_kept *kept;
    const struct option_row *row;
};

typedef NTSTATUS option_setter(const struct option_call *call, const void *value, int length);
typedef NTSTATUS option_getter(const struct option_call *call, void *value, int *length);

struct option_row {
    int level;
    int name;
    enum option_socket sockets; /* the types it exists on */
    int linux_level;
    int linux_name; /* or a flag of option_kept */
    option_setter *set;
    option_getter *get;
};

/* The status of what setsockopt and its like returned. */
NTSTATUS option__status(int result);

option_setter option__set_boolean;
option_setter option__set_buffer;
option_setter option__set_bytes;
option_setter option__set_callers;
option_setter option__set_discovery;
option_setter option__set_dont_fragment;
option_setter option__set_dont_linger;
option_setter option__set_flag;
option_setter option__set_hops;
option_setter option__set_linger;
option_setter option__set_membership;
option_setter option__set_multicast_interface;
option_setter option__set_number;
option_setter option__set_protection;
option_setter option__set_sharing;
option_setter option__set_source_membership;
option_setter option__set_timeout;
option_setter option__set_unicast_interface;
option_setter option__set_user_timeout;
option_setter option__set_wish;

option_getter option__get_at_mark;
option_getter option__get_boolean;
option_getter option__get_buffer;
option_getter option__get_bytes;
option_getter option__get_callers;
option_getter option__get_connect_time;
option_getter option__get_discovery;
option_getter option__get_dont_fragment;
option_getter option__get_dont_linger;
option_getter option__get_error;
option_getter option__get_flag;
option_getter option__get_largest_message;
option_getter option__get_linger;
option_getter option__get_number;
option_getter option__get_protection;
option_getter option__get_timeout;
option_getter option__get_unicast_interface;
option_getter option__get_user_timeout;
option_getter option__get_wish;

#endif
