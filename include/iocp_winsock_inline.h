/* SPDX-License-Identifier: MIT
 *
 * The parts of winsock2.h that are code: byte order, the fd_set operations, POSIX poll, and the C++
 * overloads that keep bind() from becoming std::bind. Include winsock2.h instead.
 */
#ifndef IOCP_WINSOCK_INLINE_H
#define IOCP_WINSOCK_INLINE_H

#include "iocp_winsock_types.h"

/* htons, ntohs (16 bits), htonl, ntohl (32 bits): between host and network order.
 * sdk:htons, sdk:ntohs, sdk:htonl, sdk:ntohl */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IOCP_NET16_(value) __builtin_bswap16(value)
#define IOCP_NET32_(value) __builtin_bswap32(value)
#else
#define IOCP_NET16_(value) (value)
#define IOCP_NET32_(value) (value)
#endif
static __inline__ u_short htons(u_short hostshort)
{
    return IOCP_NET16_(hostshort);
}
static __inline__ u_short ntohs(u_short netshort)
{
    return IOCP_NET16_(netshort);
}
static __inline__ u_long htonl(u_long hostlong)
{
    return IOCP_NET32_(hostlong);
}
static __inline__ u_long ntohl(u_long netlong)
{
    return IOCP_NET32_(netlong);
}

/* Sets of sockets are lists here, not bit maps: at most FD_SETSIZE of them, each once. What does
 * not fit is dropped, as on Windows. sdk:select */
static __inline__ int iocp_fd_isset(SOCKET s, const fd_set *set)
{
    u_int i;
    for (i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] == s)
            return 1;
    return 0;
}
static __inline__ void iocp_fd_add(SOCKET s, fd_set *set)
{
    if (set->fd_count < (u_int)FD_SETSIZE && !iocp_fd_isset(s, set))
        set->fd_array[set->fd_count++] = s;
}
static __inline__ void iocp_fd_remove(SOCKET s, fd_set *set)
{
    u_int i;
    for (i = 0; i < set->fd_count && set->fd_array[i] != s; i++)
        ;
    if (i == set->fd_count)
        return;
    for (set->fd_count--; i < set->fd_count; i++)
        set->fd_array[i] = set->fd_array[i + 1];
}
static __inline__ int __WSAFDIsSet(SOCKET s, fd_set *set)
{
    return iocp_fd_isset(s, set);
}
#define FD_ZERO(set) ((void)((set)->fd_count = 0))
#define FD_SET(socket, set) iocp_fd_add((SOCKET)(socket), (set))
#define FD_CLR(socket, set) iocp_fd_remove((SOCKET)(socket), (set))
#define FD_ISSET(socket, set) iocp_fd_isset((SOCKET)(socket), (set))

/* POSIX poll, after winsock2.h: the POLL* macros have Windows' values for WSAPoll, so this
 * translates them. If <poll.h> came first, libc's own function already has the name and would
 * misread them: the compiler says so where it is used. */
#ifdef IOCP_POLL_WAS_READ
extern int poll(struct pollfd *fds, nfds_t nfds, int timeout)
    __attribute__((deprecated("POLLIN and its kin have Windows' values after winsock2.h: include "
                              "that before <poll.h>, or use WSAPoll")));
#else
#ifdef __cplusplus
extern "C" {
#endif
extern int iocp_libc_poll(struct pollfd *fds, nfds_t nfds, int timeout) IOCP_SYMBOL("poll");
#ifdef __cplusplus
}
#endif
static __inline__ short iocp_poll_bits(int given, int from_windows)
{
    /* Windows' bit, Linux' bit */
    static const short bits[][2] = {{POLLRDNORM, 0x001}, {POLLPRI, 0x002}, {POLLOUT, 0x004},
                                    {POLLERR, 0x008},    {POLLHUP, 0x010}, {POLLNVAL, 0x020},
                                    {POLLRDBAND, 0x080}, {POLLWRBAND, 0x200}};
    int wanted = 0;
    unsigned i;
    for (i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if (given & bits[i][!from_windows])
            wanted |= bits[i][from_windows];
    return (short)wanted;
}
/* A symbol of its own: as "poll" it would be what iocp_libc_poll calls. */
static __inline__ int poll(struct pollfd *fds, nfds_t nfds, int timeout)
    IOCP_SYMBOL("iocp_inline_poll");
static __inline__ int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
    nfds_t i;
    int ready;
    for (i = 0; i < nfds; i++)
        fds[i].events = iocp_poll_bits(fds[i].events, 1);
    ready = iocp_libc_poll(fds, nfds, timeout);
    for (i = 0; i < nfds; i++) {
        fds[i].events = iocp_poll_bits(fds[i].events, 0);
        fds[i].revents = iocp_poll_bits(fds[i].revents, 0);
    }
    return ready;
}
#endif

#if defined(__cplusplus) && __cplusplus >= 201103L
/* After `using namespace std`, bind(s, (sockaddr *)&a, sizeof a) would match std::bind better than
 * Winsock's function, and silently do nothing. These match at least as well and are more special;
 * they exist only where the first argument is a socket. */
extern "C++" {
int iocp_is_socket(SOCKET);
template <class Socket, class Length>
inline auto bind(Socket &&s, sockaddr *name, Length namelen) -> decltype(iocp_is_socket(s))
{
    return bind(static_cast<SOCKET>(s), static_cast<const sockaddr *>(name),
                static_cast<int>(namelen));
}
template <class Socket, class Length>
inline auto bind(Socket &&s, const sockaddr *name, Length namelen) -> decltype(iocp_is_socket(s))
{
    return (bind)(static_cast<SOCKET>(s), name, static_cast<int>(namelen));
}
}
#endif

#endif
