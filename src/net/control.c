/* SPDX-License-Identifier: MIT
 *
 * The kinds of control data, one row each. WSACMSGHDR is laid out and aligned as the kernel's
 * cmsghdr is; levels have the same numbers, types and some structures have not.
 */
#include "net/control.h"

#include "net/option.h"
#include "status/status.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>

#define LINUX_UDP_SEGMENT 103
#define LINUX_UDP_GRO 104

enum control_form {
    CONTROL_SAME,        /* the structures agree */
    CONTROL_INTERFACE,   /* in_pktinfo: an address and an interface, in another order */
    CONTROL_NUMBER,      /* an int here and there; the kernel may give a byte */
    CONTROL_SHORT,       /* an int for the program, 16 bits for the kernel */
    CONTROL_ECN,         /* an int, the two low bits of the kernel's */
    CONTROL_INDEX,       /* an int: the interface of the kernel's in_pktinfo or in6_pktinfo */
    CONTROL_DESTINATION, /* the address of those */
};

/* What is told to the program only where it is wished for, and not taken from it. */
enum control_way { CONTROL_BOTH, CONTROL_SENT, CONTROL_RECEIVED };

static const struct control_row {
    int level;
    int windows;
    int kernels;
    uint8_t form;
    uint8_t way;
    uint16_t bytes; /* for the program; SAME: for both */
    uint32_t wish;  /* 0: told whenever the kernel does */
} control_rows[] = {
    /* IP_PKTINFO, IP_RECVIF, IP_RECVDSTADDR, IP_TTL, IP_HOPLIMIT, IP_TOS, IP_ECN */
    {IPPROTO_IP, 19, IP_PKTINFO, CONTROL_INTERFACE, CONTROL_BOTH, 8, OPTION_WISH_PACKET},
    {IPPROTO_IP, 24, IP_PKTINFO, CONTROL_INDEX, CONTROL_RECEIVED, 4, OPTION_WISH_INTERFACE},
    {IPPROTO_IP, 25, IP_PKTINFO, CONTROL_DESTINATION, CONTROL_RECEIVED, 4, OPTION_WISH_DESTINATION},
    {IPPROTO_IP, 4, IP_TTL, CONTROL_NUMBER, CONTROL_BOTH, 4, 0},
    {IPPROTO_IP, 21, IP_TTL, CONTROL_NUMBER, CONTROL_SENT, 4, 0},
    {IPPROTO_IP, 3, IP_TOS, CONTROL_NUMBER, CONTROL_BOTH, 4, OPTION_WISH_CLASS},
    {IPPROTO_IP, 50, IP_TOS, CONTROL_ECN, CONTROL_BOTH, 4, OPTION_WISH_ECN},
    /* IPV6_PKTINFO, IPV6_RECVIF, IPV6_RECVDSTADDR, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_ECN */
    {IPPROTO_IPV6, 19, IPV6_PKTINFO, CONTROL_SAME, CONTROL_BOTH, sizeof(struct in6_pktinfo),
     OPTION_WISH_PACKET << OPTION_WISH_IPV6},
    {IPPROTO_IPV6, 24, IPV6_PKTINFO, CONTROL_INDEX, CONTROL_RECEIVED, 4,
     OPTION_WISH_INTERFACE << OPTION_WISH_IPV6},
    {IPPROTO_IPV6, 25, IPV6_PKTINFO, CONTROL_DESTINATION, CONTROL_RECEIVED, sizeof(struct in6_addr),
     OPTION_WISH_DESTINATION << OPTION_WISH_IPV6},
    {IPPROTO_IPV6, 21, IPV6_HOPLIMIT, CONTROL_NUMBER, CONTROL_BOTH, 4, 0},
    {IPPROTO_IPV6, 39, IPV6_TCLASS, CONTROL_NUMBER, CONTROL_BOTH, 4,
     OPTION_WISH_CLASS << OPTION_WISH_IPV6},
    {IPPROTO_IPV6, 50, IPV6_TCLASS, CONTROL_ECN, CONTROL_BOTH, 4,
     OPTION_WISH_ECN << OPTION_WISH_IPV6},
    /* UDP_SEND_MSG_SIZE, UDP_COALESCED_INFO */
    {IPPROTO_UDP, 2, LINUX_UDP_SEGMENT, CONTROL_SHORT, CONTROL_BOTH, 4, 0},
    {IPPROTO_UDP, 3, LINUX_UDP_GRO, CONTROL_NUMBER, CONTROL_BOTH, 4, 0},
};
enum { CONTROL_ROWS = sizeof control_rows / sizeof control_rows[0] };

/* IN_PKTINFO. */
struct windows_interface {
    struct in_addr address;
    uint32_t index;
};

union control_value {
    struct windows_interface interface;
    struct in_pktinfo kernels;
    struct in6_pktinfo interface6;
    struct in_addr address;
    struct in6_addr address6;
    int number;
    uint16_t word;
    uint8_t byte;
};

/* What a program may send. */
static const struct control_row *control__row(int level, int type)
{
    for (int index = 0; index < CONTROL_ROWS; index++) {
        const struct control_row *row = &control_rows[index];
        if (row->level == level && row->windows == type && row->way != CONTROL_RECEIVED)
            return row;
    }
    return NULL;
}

/* One value for the kernel; returns its size, 0 if the program's is too short. */
static size_t control__value_to_linux(const struct control_row *row, const void *data, size_t bytes,
                                      union control_value *value)
{
    union control_value given = {0};

    if (bytes > sizeof given)
        bytes = sizeof given;
    memcpy(&given, data, bytes);
    if (bytes < row->bytes) {
        if ((row->form != CONTROL_NUMBER && row->form != CONTROL_ECN) || bytes != sizeof given.byte)
            return 0;
        given.number = given.byte; /* hop limits and the like may be given as a byte */
    }
    *value = given;
    switch (row->form) {
    case CONTROL_INTERFACE:
        value->kernels = (struct in_pktinfo){.ipi_ifindex = (int)given.interface.index,
                                             .ipi_spec_dst = given.interface.address};
        return sizeof value->kernels;
    case CONTROL_SHORT:
        value->word = (uint16_t)given.number;
        return sizeof value->word;
    case CONTROL_ECN:
        value->number = given.number & IPTOS_ECN_MASK;
        return row->bytes;
    default:
        return row->bytes;
    }
}

/* The same for the program; 0: the kernel's is not what it should be. */
static size_t control__value_to_windows(const struct control_row *row, const void *data,
                                        size_t bytes, union control_value *value)
{
    union control_value given = {0};

    memcpy(&given, data, bytes > sizeof given ? sizeof given : bytes);
    bool ipv6 = row->level == IPPROTO_IPV6;
    int number = bytes >= sizeof(int)        ? given.number
                 : bytes >= sizeof(uint16_t) ? given.word
                                             : given.byte;
    *value = given;
    switch (row->form) {
    case CONTROL_INTERFACE:
        value->interface = (struct windows_interface){.address = given.kernels.ipi_addr,
                                                      .index = (uint32_t)given.kernels.ipi_ifindex};
        break;
    case CONTROL_SAME:
        return bytes == row->bytes ? bytes : 0;
    case CONTROL_INDEX:
        value->number = ipv6 ? (int)given.interface6.ipi6_ifindex : given.kernels.ipi_ifindex;
        break;
    case CONTROL_DESTINATION:
        if (ipv6)
            value->address6 = given.interface6.ipi6_addr;
        else
            value->address = given.kernels.ipi_addr;
        break;
    case CONTROL_ECN:
        value->number = number & IPTOS_ECN_MASK;
        break;
    default:
        value->number = number;
    }
    return row->bytes;
}

static char *control__write(char *to, int level, int type, const void *value, size_t bytes)
{
    struct cmsghdr header = {.cmsg_len = CMSG_LEN(bytes), .cmsg_level = level, .cmsg_type = type};

    memset(to, 0, CMSG_SPACE(bytes));
    memcpy(to, &header, sizeof header);
    memcpy(to + CMSG_LEN(0), value, bytes);
    return to + CMSG_SPACE(bytes);
}

NTSTATUS control_to_linux(const struct net_buffer *control, void *to, size_t *used)
{
    const char *from = control->data;
    size_t left = control->length;
    char *end = to;

    while (left) {
        struct cmsghdr header;
        union control_value value;
        if (left < sizeof header)
            return STATUS_INVALID_PARAMETER;
        memcpy(&header, from, sizeof header);
        if (header.cmsg_len < sizeof header || header.cmsg_len > left)
            return STATUS_INVALID_PARAMETER;
        const struct control_row *row = control__row(header.cmsg_level, header.cmsg_type);
        size_t bytes = row ? control__value_to_linux(row, from + sizeof header,
                                                     header.cmsg_len - sizeof header, &value)
                           : 0;
        if (!bytes)
            return STATUS_INVALID_PARAMETER;
        end = control__write(end, row->level, row->kernels, &value, bytes);
        size_t step = CMSG_ALIGN(header.cmsg_len);
        from += step < left ? step : left;
        left -= step < left ? step : left;
    }
    *used = (size_t)(end - (char *)to);
    return STATUS_SUCCESS;
}

/* Where the kernel's data goes, and whether all of it fitted. */
struct control_output {
    char *to;
    size_t left;
    bool whole;
};

/* One of the kernel's for the program, as often as it is wished for. */
static void control__tell(const struct cmsghdr *header, uint32_t wishes,
                          struct control_output *output)
{
    for (int index = 0; index < CONTROL_ROWS; index++) {
        const struct control_row *row = &control_rows[index];
        union control_value value;
        if (row->level != header->cmsg_level || row->kernels != header->cmsg_type ||
            row->way == CONTROL_SENT || (row->wish && !(wishes & row->wish)))
            continue;
        size_t bytes = control__value_to_windows(row, CMSG_DATA((struct cmsghdr *)header),
                                                 header->cmsg_len - CMSG_LEN(0), &value);
        if (!bytes)
            continue;
        if (CMSG_SPACE(bytes) > output->left) {
            output->whole = false;
            continue;
        }
        output->to = control__write(output->to, row->level, row->windows, &value, bytes);
        output->left -= CMSG_SPACE(bytes);
    }
}

bool control_to_windows(struct msghdr *message, uint32_t wishes, struct net_buffer *control)
{
    struct control_output output = {
        .to = control->data, .left = control->length, .whole = !(message->msg_flags & MSG_CTRUNC)};

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
         header = CMSG_NXTHDR(message, header))
        control__tell(header, wishes, &output);
    control->length -= (uint32_t)output.left;
    return output.whole;
}

/* A unicast datagram's address is the one that the kernel would answer from. It does not know that
 * one for what came before it was asked. */
static enum control_destination control__of_ipv4(const struct in_pktinfo *info)
{
    if (IN_MULTICAST(ntohl(info->ipi_addr.s_addr)))
        return CONTROL_TO_MANY;
    if (info->ipi_addr.s_addr == INADDR_BROADCAST ||
        (info->ipi_spec_dst.s_addr && info->ipi_spec_dst.s_addr != info->ipi_addr.s_addr))
        return CONTROL_TO_ALL;
    return CONTROL_TO_ONE;
}

enum control_destination control_destination(struct msghdr *message)
{
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
         header = CMSG_NXTHDR(message, header)) {
        union control_value value;
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO &&
            header->cmsg_len >= CMSG_LEN(sizeof value.kernels)) {
            memcpy(&value.kernels, CMSG_DATA(header), sizeof value.kernels);
            return control__of_ipv4(&value.kernels);
        }
        if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO &&
            header->cmsg_len >= CMSG_LEN(sizeof value.interface6)) {
            memcpy(&value.interface6, CMSG_DATA(header), sizeof value.interface6);
            if (IN6_IS_ADDR_MULTICAST(&value.interface6.ipi6_addr))
                return CONTROL_TO_MANY;
        }
    }
    return CONTROL_TO_ONE;
}
