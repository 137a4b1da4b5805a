/* SPDX-License-Identifier: MIT
 *
 * Addresses of local sockets: a path in the file system.
 */
#ifndef _AFUNIX_
#define _AFUNIX_

#include "ws2def.h"

#define UNIX_PATH_MAX 108

/* <sys/un.h> defines the same structure; where it came first its definition stands. */
#ifndef IOCP_SYS_UN_WAS_READ
struct sockaddr_un {
    ADDRESS_FAMILY sun_family;
    char sun_path[UNIX_PATH_MAX];
};
#endif
typedef struct sockaddr_un SOCKADDR_UN, *PSOCKADDR_UN;

#define SIO_AF_UNIX_GETPEERPID _WSAIOR(IOC_VENDOR, 256)

#endif
