/* SPDX-License-Identifier: MIT
 *
 * Options by which a program wishes to be told something with each message (rules MSG). The kernel
 * has one option for several of them, which is on as long as one is wished for; which ones is kept
 * here, and net/control.c tells no more than that.
 */
#include "net/option_values.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum {
    WISHES_PACKET =
        OPTION_WISH_PACKET | OPTION_WISH_INTERFACE | OPTION_WISH_DESTINATION | OPTION_WISH_FLAGS,
    WISHES_CLASS = OPTION_WISH_CLASS | OPTION_WISH_ECN,
};

/* Windows' name to the wish, the same numbers at both levels. */
static uint32_t wish__of(const struct option_row *row)
{
    uint32_t wish = row->name == 19   ? OPTION_WISH_PACKET
                    : row->name == 24 ? OPTION_WISH_INTERFACE
                    : row->name == 25 ? OPTION_WISH_DESTINATION
                    : row->name == 40 ? OPTION_WISH_CLASS
                                      : OPTION_WISH_ECN;

    return row->linux_level == IPPROTO_IPV6 ? wish << OPTION_WISH_IPV6 : wish;
}

/* Those that the same option of the kernel's answers. */
static uint32_t wish__group(uint32_t wish)
{
    for (int shift = 0; shift <= OPTION_WISH_IPV6; shift += OPTION_WISH_IPV6) {
        if (wish & (uint32_t)WISHES_PACKET << shift)
            return (uint32_t)WISHES_PACKET << shift;
        if (wish & (uint32_t)WISHES_CLASS << shift)
            return (uint32_t)WISHES_CLASS << shift;
    }
    return 0;
}

NTSTATUS option__set_wish(const struct option_call *call, const void *value, int length)
{
    uint32_t wish = wish__of(call->row), flags = call->kept->flags;
    unsigned char byte;
    int on;

    if (length < 1)
        return OPTION_FAULT;
    memcpy(&byte, value, 1);
    on = byte;
    if (length >= (int)sizeof on)
        memcpy(&on, value, sizeof on);
    flags = on ? flags | wish : flags & ~wish;
    on = (flags & wish__group(wish)) != 0;
    NTSTATUS status = option__status(setsockopt(call->descriptor, call->row->linux_level,
                                                call->row->linux_name, &on, sizeof on));
    if (status == STATUS_SUCCESS)
        call->kept->flags = flags;
    return status;
}

NTSTATUS option__get_wish(const struct option_call *call, void *value, int *length)
{
    int on = (call->kept->flags & wish__of(call->row)) != 0;

    if (*length < 1)
        return OPTION_FAULT;
    if (*length > (int)sizeof on)
        *length = (int)sizeof on;
    if (*length < (int)sizeof on)
        *length = 1;
    memcpy(value, &on, (size_t)*length); /* the low byte first, on the machines there are */
    return STATUS_SUCCESS;
}

static void wish__prepare(int descriptor, struct option_kept *kept, int level, int name, int shift)
{
    int on = 0;
    socklen_t length = sizeof on;

    /* A program that has turned it on with the system's own call wants all of it. */
    if (!(kept->flags & (uint32_t)WISHES_PACKET << shift) &&
        getsockopt(descriptor, level, name, &on, &length) == 0 && on)
        kept->flags |= (uint32_t)OPTION_WISH_PACKET << shift;
    on = 1;
    if (setsockopt(descriptor, level, name, &on, sizeof on) == 0)
        kept->flags |= (uint32_t)OPTION_WISH_FLAGS << shift;
}

void option_prepare_messages(int descriptor, struct option_kept *kept)
{
    if (kept->flags & (OPTION_WISH_FLAGS | OPTION_WISH_FLAGS << OPTION_WISH_IPV6))
        return;
    wish__prepare(descriptor, kept, IPPROTO_IP, IP_PKTINFO, 0);
    wish__prepare(descriptor, kept, IPPROTO_IPV6, IPV6_RECVPKTINFO, OPTION_WISH_IPV6);
    kept->flags |= OPTION_WISH_FLAGS; /* asked once, also of families that have neither */
}
