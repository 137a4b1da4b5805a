/* SPDX-License-Identifier: MIT
 *
 * Calls that programs make with libc's types where Windows' names stand for the same: `unsigned
 * long`, which has 32 bits there, for ioctlsocket's u_long, and struct pollfd for WSAPoll's
 * WSAPOLLFD. Taken as they are, the one would be left with half a value and the other be misread.
 * Include winsock2.h instead.
 */
#ifndef IOCP_WINSOCK_LONG_H
#define IOCP_WINSOCK_LONG_H

#include "iocp_winsock_types.h"

static __inline__ int iocp_ioctlsocket_long(SOCKET s, LONG cmd, unsigned long *argp)
{
    u_long value = (u_long)*argp;
    int result = ioctlsocket(s, cmd, &value);
    *argp = value;
    return result;
}

/* The events and results are Windows' in both: winsock2.h defines them whatever was read before. */
static __inline__ int iocp_wsapoll_plain(struct pollfd *given, ULONG count, INT timeout)
{
    WSAPOLLFD few[64], *all = few;
    ULONG i;
    int ready;
    if (count > sizeof few / sizeof few[0])
        all = (WSAPOLLFD *)malloc(count * sizeof *all);
    if (!all) {
        WSASetLastError(WSAENOBUFS);
        return SOCKET_ERROR;
    }
    for (i = 0; i < count; i++) {
        all[i].fd = (SOCKET)given[i].fd;
        all[i].events = given[i].events;
        all[i].revents = 0;
    }
    ready = WSAPoll(all, count, timeout);
    for (i = 0; i < count && ready != SOCKET_ERROR; i++)
        given[i].revents = all[i].revents;
    if (all != few)
        free(all);
    return ready;
}

#ifdef __cplusplus
/* Only for just these types, so that a plain 0 for the pointer stays unambiguous. */
extern "C++" {
template <class Given> struct iocp_is_plain {
};
template <> struct iocp_is_plain<unsigned long> {
    typedef int result;
};
template <> struct iocp_is_plain<struct pollfd> {
    typedef int result;
};
template <class Given>
inline typename iocp_is_plain<Given>::result ioctlsocket(SOCKET s, LONG cmd, Given *argp)
{
    return iocp_ioctlsocket_long(s, cmd, argp);
}
template <class Given>
inline typename iocp_is_plain<Given>::result WSAPoll(Given *fds, ULONG count, INT timeout)
{
    return iocp_wsapoll_plain(fds, count, timeout);
}
}
#else
#define ioctlsocket(s, cmd, argp)                                                                  \
    (__extension__ _Generic((argp), unsigned long *: iocp_ioctlsocket_long, default: ioctlsocket)( \
        s, cmd, argp))
#define WSAPoll(fds, count, timeout)                                                               \
    (__extension__ _Generic((fds), struct pollfd *                                                 \
                            : iocp_wsapoll_plain, default                                          \
                            : WSAPoll)(fds, count, timeout))
#endif

#endif
