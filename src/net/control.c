/* SPDX-License-Identifier: MIT
 *
 * The kinds of control data, one row each. WSACMSGHDR is laid out and aligned as the kernel's
 * cmsghdr is; levels have the same numbers, types and some structures have not.
 */
#include "net/control.h"

#include "status/status.h"

#include <netinet/in.h>
#include <string.h>

#define LINUX_UDP_SEGMENT 103
#define LINUX_UDP_GRO 104

enum control_form {
    CONTROL_SAME,      /* the structures agree */
    CONTROL_INTERFACE, /* in_pktinfo: an address and an interface, in another order */
    CONTROL_NUMBER,    /* an int here and there; the kernel may give a byte */
    CONTROL_SHORT,     /* an int for the program, 16 bits for the kernel */
};

static const struct control_row {
    int level;
    int windows;
    int kernels;
    enum control_form form;
    unsigned bytes; /* for the program; SAME: for both */
} control_rows[] = {
    /* IP_PKTINFO, IP_TTL, IP_HOPLIMIT, IP_TOS */
    {IPPROTO_IP, 19, IP_PKTINFO, CONTROL_INTERFACE, 8},
    {IPPROTO_IP, 4, IP_TTL, CONTROL_NUMBER, 4},
    {IPPROTO_IP, 21, IP_TTL, CONTROL_NUMBER, 4},
    {IPPROTO_IP, 3, IP_TOS, CONTROL_NUMBER, 4},
    /* IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS */
    {IPPROTO_IPV6, 19, IPV6_PKTINFO, CONTROL_SAME, sizeof(struct in6_pktinfo)},
    {IPPROTO_IPV6, 21, IPV6_HOPLIMIT, CONTROL_NUMBER, 4},
    {IPPROTO_IPV6, 39, IPV6_TCLASS, CONTROL_NUMBER, 4},
    /* UDP_SEND_MSG_SIZE, UDP_COALESCED_INFO */
    {IPPROTO_UDP, 2, LINUX_UDP_SEGMENT, CONTROL_SHORT, 4},
    {IPPROTO_UDP, 3, LINUX_UDP_GRO, CONTROL_NUMBER, 4},
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
    int number;
    uint16_t word;
    uint8_t byte;
};

static const struct control_row *control__row(int level, int type, bool windows)
{
    for (int index = 0; index < CONTROL_ROWS; index++) {
        const struct control_row *row = &control_rows[index];
        if (row->level == level && (windows ? row->windows : row->kernels) == type)
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
        if (row->form != CONTROL_NUMBER || bytes != sizeof given.byte)
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
    *value = given;
    if (row->form == CONTROL_INTERFACE)
        value->interface = (struct windows_interface){.address = given.kernels.ipi_addr,
                                                      .index = (uint32_t)given.kernels.ipi_ifindex};
    else if (row->form == CONTROL_SAME)
        return bytes == row->bytes ? bytes : 0;
    else
        value->number = bytes >= sizeof(int)        ? given.number
                        : bytes >= sizeof(uint16_t) ? given.word
                                                    : given.byte;
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
        const struct control_row *row = control__row(header.cmsg_level, header.cmsg_type, true);
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

bool control_to_windows(struct msghdr *message, struct net_buffer *control)
{
    size_t left = control->length;
    char *to = control->data;
    bool whole = !(message->msg_flags & MSG_CTRUNC);

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
         header = CMSG_NXTHDR(message, header)) {
        const struct control_row *row = control__row(header->cmsg_level, header->cmsg_type, false);
        union control_value value;
        size_t bytes = row ? control__value_to_windows(row, CMSG_DATA(header),
                                                       header->cmsg_len - CMSG_LEN(0), &value)
                           : 0;
        if (!bytes)
            continue; /* of a kind that Windows has not */
        if (CMSG_SPACE(bytes) > left) {
            whole = false;
            continue;
        }
        to = control__write(to, row->level, row->windows, &value, bytes);
        left -= CMSG_SPACE(bytes);
    }
    control->length -= (uint32_t)left;
    return whole;
}
