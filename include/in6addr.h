/* SPDX-License-Identifier: MIT
 *
 * An IPv6 address, network byte order.
 */
#ifndef _IN6ADDR_H
#define _IN6ADDR_H

#include "iocp_quarantine.h"
#include "basetsd.h"

typedef struct in6_addr {
    union {
        UCHAR Byte[16];
        USHORT Word[8];
    } u;
} IN6_ADDR, *PIN6_ADDR, *LPIN6_ADDR;

#define in_addr6 in6_addr
#define s6_addr u.Byte
#define s6_bytes u.Byte
#define s6_words u.Word

#endif
