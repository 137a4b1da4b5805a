/* SPDX-License-Identifier: MIT
 *
 * One pair of functions for each manner in which an option's value is kept or translated.
 */
#include "net/option_values.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define UDP_LARGEST_MESSAGE 65507
#define PROTECTION_DEFAULT 20
#define NOT_CONNECTED 0xFFFFFFFFu

/* --- reading and writing values ------------------------------------------------------------- */

/* Booleans may be as short as a byte. */
static bool option__read_boolean(const void *value, int length, int *boolean)
{
    unsigned char byte;
    if (length >= (int)sizeof *boolean) {
        memcpy(boolean, value, sizeof *boolean);
        *boolean = *boolean != 0;
        return true;
    }
    if (length < 1)
        return false;
    memcpy(&byte, value, 1);
    *boolean = byte != 0;
    return true;
}

static NTSTATUS option__write_boolean(int boolean, void *value, int *length)
{
    if (*length >= (int)sizeof boolean) {
        memcpy(value, &boolean, sizeof boolean);
        *length = (int)sizeof boolean;
        return STATUS_SUCCESS;
    }
    if (*length < 1)
        return OPTION_FAULT;
    *(unsigned char *)value = (unsigned char)boolean;
    *length = 1;
    return STATUS_SUCCESS;
}

static bool option__read_number(const void *value, int length, int *number)
{
    if (length < (int)sizeof *number)
        return false;
    memcpy(number, value, sizeof *number);
    return true;
}

static NTSTATUS option__write_bytes(const void *from, int size, void *value, int *length)
{
    if (*length < size)
        return OPTION_FAULT;
    memcpy(value, from, (size_t)size);
    *length = size;
    return STATUS_SUCCESS;
}

static NTSTATUS option__write_number(uint32_t number, void *value, int *length)
{
    return option__write_bytes(&number, (int)sizeof number, value, length);
}

/* An option the kernel does not know on this socket is one that is not there. */
NTSTATUS option__status(int result)
{
    if (result == 0)
        return STATUS_SUCCESS;
    if (errno == EOPNOTSUPP || errno == ENOPROTOOPT)
        return OPTION_NONE;
    return status_of_errno(errno, STATUS_PLACE_CALL);
}

static NTSTATUS option__set_int(const struct option_call *call, int number)
{
    return option__status(setsockopt(call->descriptor, call->row->linux_level,
                                     call->row->linux_name, &number, sizeof number));
}

static NTSTATUS option__get_int(const struct option_call *call, int *number)
{
    socklen_t length = sizeof *number;
    *number = 0;
    return option__status(getsockopt(call->descriptor, call->row->linux_level,
                                     call->row->linux_name, number, &length));
}

/* --- booleans and numbers as the kernel has them -------------------------------------------- */

NTSTATUS option__set_boolean(const struct option_call *call, const void *value, int length)
{
    int boolean;
    return option__read_boolean(value, length, &boolean) ? option__set_int(call, boolean)
                                                         : OPTION_FAULT;
}

NTSTATUS option__get_boolean(const struct option_call *call, void *value, int *length)
{
    int boolean;
    NTSTATUS status = option__get_int(call, &boolean);
    return status ? status : option__write_boolean(boolean != 0, value, length);
}

NTSTATUS option__set_number(const struct option_call *call, const void *value, int length)
{
    int number;
    return option__read_number(value, length, &number) ? option__set_int(call, number)
                                                       : OPTION_FAULT;
}

NTSTATUS option__get_number(const struct option_call *call, void *value, int *length)
{
    int number;
    NTSTATUS status = option__get_int(call, &number);
    return status ? status : option__write_number((uint32_t)number, value, length);
}

/* Hop limits are bytes on Windows: a program may pass one, or a DWORD. */
NTSTATUS option__set_hops(const struct option_call *call, const void *value, int length)
{
    int number;
    if (length < 1)
        return OPTION_FAULT;
    if (!option__read_number(value, length, &number))
        number = *(const unsigned char *)value;
    return number < -1 || number > 255 ? OPTION_INVALID : option__set_int(call, number);
}

/* Structures that are laid out alike. */
NTSTATUS option__set_bytes(const struct option_call *call, const void *value, int length)
{
    return option__status(setsockopt(call->descriptor, call->row->linux_level,
                                     call->row->linux_name, value, (socklen_t)length));
}

NTSTATUS option__get_bytes(const struct option_call *call, void *value, int *length)
{
    socklen_t room = (socklen_t)*length;
    NTSTATUS status = option__status(
        getsockopt(call->descriptor, call->row->linux_level, call->row->linux_name, value, &room));
    if (status == STATUS_SUCCESS)
        *length = (int)room;
    return status;
}

/* --- booleans the library remembers --------------------------------------------------------- */

static void option__keep(const struct option_call *call, uint32_t flag, bool on)
{
    call->kept->flags = on ? call->kept->flags | flag : call->kept->flags & ~flag;
}

NTSTATUS option__set_flag(const struct option_call *call, const void *value, int length)
{
    int boolean;
    if (!option__read_boolean(value, length, &boolean))
        return OPTION_FAULT;
    option__keep(call, (uint32_t)call->row->linux_name, boolean);
    return STATUS_SUCCESS;
}

NTSTATUS option__get_flag(const struct option_call *call, void *value, int *length)
{
    bool on = (call->kept->flags & (uint32_t)call->row->linux_name) != 0;
    return option__write_boolean(on, value, length);
}

/* SO_REUSEADDR and SO_EXCLUSIVEADDRUSE exclude each other; see option.h for the kernel's side. */
NTSTATUS option__set_sharing(const struct option_call *call, const void *value, int length)
{
    uint32_t flag = (uint32_t)call->row->linux_name;
    uint32_t other = flag ^ (FLAG_REUSE_ADDRESS | FLAG_EXCLUSIVE_ADDRESS);
    int boolean;
    if (!option__read_boolean(value, length, &boolean))
        return OPTION_FAULT;
    if (boolean && (call->kept->flags & other))
        return OPTION_INVALID;
    if (call->type != SOCK_STREAM) {
        int reuse = boolean && flag == FLAG_REUSE_ADDRESS;
        NTSTATUS status = option__status(
            setsockopt(call->descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse));
        if (status)
            return status;
    }
    option__keep(call, flag, boolean);
    return STATUS_SUCCESS;
}

/* --- SOL_SOCKET's own manners --------------------------------------------------------------- */

struct windows_linger {
    uint16_t on;
    uint16_t seconds;
};

NTSTATUS option__set_linger(const struct option_call *call, const void *value, int length)
{
    struct windows_linger linger;
    if (length < (int)sizeof linger)
        return OPTION_FAULT;
    memcpy(&linger, value, sizeof linger);
    struct linger kernels = {.l_onoff = linger.on != 0, .l_linger = linger.seconds};
    return option__status(
        setsockopt(call->descriptor, SOL_SOCKET, SO_LINGER, &kernels, sizeof kernels));
}

static NTSTATUS option__read_linger(const struct option_call *call, struct linger *linger)
{
    socklen_t length = sizeof *linger;
    return option__status(getsockopt(call->descriptor, SOL_SOCKET, SO_LINGER, linger, &length));
}

NTSTATUS option__get_linger(const struct option_call *call, void *value, int *length)
{
    struct linger kernels;
    NTSTATUS status = option__read_linger(call, &kernels);
    if (status)
        return status;
    struct windows_linger linger = {.on = kernels.l_onoff != 0,
                                    .seconds = (uint16_t)kernels.l_linger};
    return option__write_bytes(&linger, (int)sizeof linger, value, length);
}

NTSTATUS option__set_dont_linger(const struct option_call *call, const void *value, int length)
{
    struct linger linger;
    int boolean;
    if (!option__read_boolean(value, length, &boolean))
        return OPTION_FAULT;
    NTSTATUS status = option__read_linger(call, &linger);
    if (status)
        return status;
    linger.l_onoff = !boolean;
    return option__status(
        setsockopt(call->descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

NTSTATUS option__get_dont_linger(const struct option_call *call, void *value, int *length)
{
    struct linger linger;
    NTSTATUS status = option__read_linger(call, &linger);
    return status ? status : option__write_boolean(!linger.l_onoff, value, length);
}

static uint32_t option__no_buffer_flag(const struct option_call *call)
{
    return call->row->linux_name == SO_SNDBUF ? FLAG_NO_SEND_BUFFER : FLAG_NO_RECEIVE_BUFFER;
}

NTSTATUS option__set_buffer(const struct option_call *call, const void *value, int length)
{
    int size;
    if (!option__read_number(value, length, &size))
        return OPTION_FAULT;
    if (size < 0)
        return OPTION_INVALID;
    option__keep(call, option__no_buffer_flag(call), size == 0);
    return size == 0 ? STATUS_SUCCESS : option__set_int(call, size);
}

/* The kernel doubles what it is told, to pay for its own overhead, and reports the double. */
NTSTATUS option__get_buffer(const struct option_call *call, void *value, int *length)
{
    int size = 0;
    if (!(call->kept->flags & option__no_buffer_flag(call))) {
        NTSTATUS status = option__get_int(call, &size);
        if (status)
            return status;
    }
    return option__write_number((uint32_t)size / 2, value, length);
}

static uint32_t *option__timeout(const struct option_call *call)
{
    return call->row->linux_name == SO_RCVTIMEO ? &call->kept->receive_timeout
                                                : &call->kept->send_timeout;
}

NTSTATUS option__set_timeout(const struct option_call *call, const void *value, int length)
{
    int milliseconds;
    if (!option__read_number(value, length, &milliseconds))
        return OPTION_FAULT;
    *option__timeout(call) = (uint32_t)milliseconds;
    return STATUS_SUCCESS;
}

NTSTATUS option__get_timeout(const struct option_call *call, void *value, int *length)
{
    return option__write_number(*option__timeout(call), value, length);
}

NTSTATUS option__get_error(const struct option_call *call, void *value, int *length)
{
    int error;
    if (*length < (int)sizeof error)
        return OPTION_FAULT; /* reading it clears it, so look first */
    NTSTATUS status = option__get_int(call, &error);
    if (status)
        return status;
    bool stream = call->type == SOCK_STREAM;
    NTSTATUS meant = status_of_errno(error, stream ? STATUS_PLACE_STREAM : STATUS_PLACE_DATAGRAM);
    return option__write_number((uint32_t)status_winsock(meant), value, length);
}

NTSTATUS option__get_connect_time(const struct option_call *call, void *value, int *length)
{
    uint32_t seconds = NOT_CONNECTED;
    if (call->kept->connected_at)
        seconds = (uint32_t)((clock_now() - call->kept->connected_at) / NANOSECONDS_PER_SECOND);
    return option__write_number(seconds, value, length);
}

NTSTATUS option__get_largest_message(const struct option_call *call, void *value, int *length)
{
    (void)call;
    return option__write_number(UDP_LARGEST_MESSAGE, value, length);
}

NTSTATUS option__set_callers(const struct option_call *call, const void *value, int length)
{
    (void)call, (void)value, (void)length;
    return OPTION_IS_CALLERS;
}

NTSTATUS option__get_callers(const struct option_call *call, void *value, int *length)
{
    (void)call, (void)value, (void)length;
    return OPTION_IS_CALLERS;
}

/* --- TCP's ---------------------------------------------------------------------------------- */

static int option__user_timeout_unit(const struct option_call *call)
{
    return call->row->name == OPTION_TCP_MAXRT ? 1000 : 1;
}

NTSTATUS option__set_user_timeout(const struct option_call *call, const void *value, int length)
{
    int number;
    int unit = option__user_timeout_unit(call);
    if (!option__read_number(value, length, &number))
        return OPTION_FAULT;
    if (number == -1)
        number = 0; /* for ever, which is how the kernel says "no limit of yours" */
    return number < 0 || number > INT32_MAX / unit ? OPTION_INVALID
                                                   : option__set_int(call, number * unit);
}

NTSTATUS option__get_user_timeout(const struct option_call *call, void *value, int *length)
{
    int number;
    NTSTATUS status = option__get_int(call, &number);
    if (status)
        return status;
    return option__write_number((uint32_t)(number / option__user_timeout_unit(call)), value,
                                length);
}

NTSTATUS option__get_at_mark(const struct option_call *call, void *value, int *length)
{
    int at_mark = 0;
    NTSTATUS status = option__status(ioctl(call->descriptor, SIOCATMARK, &at_mark));
    /* TCP_ATMARK is true where SIOCATMARK says so too; the two agree on Linux. */
    return status ? status : option__write_boolean(at_mark != 0, value, length);
}

/* --- IP's ----------------------------------------------------------------------------------- */

/* An interface is an address of it or, with a first byte of 0, its index in network order. */
static void option__interface(struct in_addr interface, struct ip_mreqn *request)
{
    uint32_t number = ntohl(interface.s_addr);
    if (number != 0 && number >> 24 == 0)
        request->imr_ifindex = (int)number;
    else
        request->imr_address = interface;
}

NTSTATUS option__set_multicast_interface(const struct option_call *call, const void *value,
                                         int length)
{
    struct ip_mreqn request = {.imr_ifindex = 0};
    struct in_addr interface;
    if (length < (int)sizeof interface)
        return OPTION_FAULT;
    memcpy(&interface, value, sizeof interface);
    option__interface(interface, &request);
    return option__status(
        setsockopt(call->descriptor, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request));
}

NTSTATUS option__set_membership(const struct option_call *call, const void *value, int length)
{
    struct ip_mreqn request = {.imr_ifindex = 0};
    struct ip_mreq group;
    if (length < (int)sizeof group)
        return OPTION_FAULT;
    memcpy(&group, value, sizeof group);
    request.imr_multiaddr = group.imr_multiaddr;
    option__interface(group.imr_interface, &request);
    return option__status(
        setsockopt(call->descriptor, IPPROTO_IP, call->row->linux_name, &request, sizeof request));
}

/* The same three addresses in another order. */
NTSTATUS option__set_source_membership(const struct option_call *call, const void *value,
                                       int length)
{
    struct in_addr addresses[3]; /* group, source, interface */
    if (length < (int)sizeof addresses)
        return OPTION_FAULT;
    memcpy(addresses, value, sizeof addresses);
    struct ip_mreq_source request = {.imr_multiaddr = addresses[0],
                                     .imr_interface = addresses[2],
                                     .imr_sourceaddr = addresses[1]};
    return option__status(
        setsockopt(call->descriptor, IPPROTO_IP, call->row->linux_name, &request, sizeof request));
}

NTSTATUS option__set_dont_fragment(const struct option_call *call, const void *value, int length)
{
    int boolean;
    if (!option__read_boolean(value, length, &boolean))
        return OPTION_FAULT;
    return option__set_int(call, boolean ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
}

NTSTATUS option__get_dont_fragment(const struct option_call *call, void *value, int *length)
{
    int discovery;
    NTSTATUS status = option__get_int(call, &discovery);
    return status ? status : option__write_boolean(discovery == IP_PMTUDISC_DO, value, length);
}

/* Index: Windows' number (not set, do, do not, probe); value: the kernel's. */
static const int option_discovery[] = {IP_PMTUDISC_WANT, IP_PMTUDISC_DO, IP_PMTUDISC_DONT,
                                       IP_PMTUDISC_PROBE};

NTSTATUS option__set_discovery(const struct option_call *call, const void *value, int length)
{
    int number;
    if (!option__read_number(value, length, &number))
        return OPTION_FAULT;
    return number < 0 || number > 3 ? OPTION_INVALID
                                    : option__set_int(call, option_discovery[number]);
}

NTSTATUS option__get_discovery(const struct option_call *call, void *value, int *length)
{
    int kernels;
    NTSTATUS status = option__get_int(call, &kernels);
    uint32_t number = 0;
    for (uint32_t i = 0; i < 4; i++)
        if (option_discovery[i] == kernels)
            number = i;
    return status ? status : option__write_number(number, value, length);
}

/* IPv6 takes the index in host order on Windows, in network order on Linux. */
NTSTATUS option__set_unicast_interface(const struct option_call *call, const void *value,
                                       int length)
{
    int number;
    if (!option__read_number(value, length, &number))
        return OPTION_FAULT;
    return option__set_int(call, (int)htonl((uint32_t)number));
}

NTSTATUS option__get_unicast_interface(const struct option_call *call, void *value, int *length)
{
    int number;
    NTSTATUS status = option__get_int(call, &number);
    /* The kernel gives the index back in network order as well. */
    return status ? status : option__write_number(ntohl((uint32_t)number), value, length);
}

NTSTATUS option__set_protection(const struct option_call *call, const void *value, int length)
{
    int level;
    if (!option__read_number(value, length, &level))
        return OPTION_FAULT;
    if (level != 10 && level != 20 && level != 30)
        return OPTION_INVALID;
    call->kept->protection_level = (uint8_t)level;
    return STATUS_SUCCESS;
}

NTSTATUS option__get_protection(const struct option_call *call, void *value, int *length)
{
    uint8_t level = call->kept->protection_level;
    return option__write_number(level ? level : PROTECTION_DEFAULT, value, length);
}
