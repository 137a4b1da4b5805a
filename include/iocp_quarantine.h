/* SPDX-License-Identifier: MIT
 *
 * libc's socket headers, read under other names. A program may include <sys/socket.h> and Winsock
 * in one file (a SOCKET works with POSIX calls), but both define struct sockaddr, AF_INET6,
 * SOL_SOCKET and many more, differently. So this header reads libc's first, with every name that
 * Winsock defines turned into iocp_posix_<name>, then takes away the macros they left. When the
 * program includes them later they are already read, and Winsock's meaning stands.
 *
 * What libc alone has keeps its name and works: fcntl, ioctl, read, write, close, sendmsg, recvmsg,
 * socketpair, accept4, struct msghdr, struct iovec, SHUT_RD ... poll works too, and takes the POLL*
 * values of Windows then (iocp_winsock_inline.h).
 */
#ifndef IOCP_QUARANTINE_H
#define IOCP_QUARANTINE_H

#if defined(_SYS_SOCKET_H) || defined(_NETINET_IN_H) || defined(_ARPA_INET_H) || defined(_NETDB_H)
#error "Include winsock2.h before <sys/socket.h>, <netinet/in.h>, <arpa/inet.h> and <netdb.h>: \
in the other order both define struct sockaddr and the rest. (A file that needs only the POSIX \
sockets and windows.h: define WIN32_LEAN_AND_MEAN.)"
#endif

#include "iocp_base.h"

/* An FD_SETSIZE of the program's own (defined before any header) must survive <sys/select.h>. To be
 * safe in any order of headers define IOCP_FD_SETSIZE instead. */
#if defined(IOCP_FD_SETSIZE)
/* as it is */
#elif defined(FD_SETSIZE) && (!defined(_SYS_SELECT_H) || FD_SETSIZE != 1024)
enum { iocp_fd_setsize = FD_SETSIZE };
#else
#define IOCP_FD_SETSIZE 64
#endif
#undef FD_SETSIZE

/* Headers that share names with Winsock but are used by everything else: read plainly. */
#include <sys/types.h>
#include <sys/time.h>
#include <sys/select.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define in_addr iocp_posix_in_addr
#define in6_addr iocp_posix_in6_addr
#define sockaddr iocp_posix_sockaddr
#define sockaddr_in iocp_posix_sockaddr_in
#define sockaddr_in6 iocp_posix_sockaddr_in6
#define sockaddr_storage iocp_posix_sockaddr_storage
#define sockaddr_un iocp_posix_sockaddr_un
#define linger iocp_posix_linger
#define ip_mreq iocp_posix_ip_mreq
#define ip_mreqn iocp_posix_ip_mreqn
#define ip_mreq_source iocp_posix_ip_mreq_source
#define ipv6_mreq iocp_posix_ipv6_mreq
#define group_req iocp_posix_group_req
#define group_source_req iocp_posix_group_source_req
#define in_pktinfo iocp_posix_in_pktinfo
#define in6_pktinfo iocp_posix_in6_pktinfo
#define hostent iocp_posix_hostent
#define servent iocp_posix_servent
#define protoent iocp_posix_protoent
#define netent iocp_posix_netent
#define addrinfo iocp_posix_addrinfo
#define socket iocp_posix_socket
#define bind iocp_posix_bind
#define listen iocp_posix_listen
#define accept iocp_posix_accept
#define connect iocp_posix_connect
#define send iocp_posix_send
#define recv iocp_posix_recv
#define sendto iocp_posix_sendto
#define recvfrom iocp_posix_recvfrom
#define shutdown iocp_posix_shutdown
#define getsockopt iocp_posix_getsockopt
#define setsockopt iocp_posix_setsockopt
#define getsockname iocp_posix_getsockname
#define getpeername iocp_posix_getpeername
#define htons iocp_posix_htons
#define htonl iocp_posix_htonl
#define ntohs iocp_posix_ntohs
#define ntohl iocp_posix_ntohl
#define inet_addr iocp_posix_inet_addr
#define inet_aton iocp_posix_inet_aton
#define inet_ntoa iocp_posix_inet_ntoa
#define inet_ntop iocp_posix_inet_ntop
#define inet_pton iocp_posix_inet_pton
#define in6addr_any iocp_posix_in6addr_any
#define in6addr_loopback iocp_posix_in6addr_loopback
#define gethostbyname iocp_posix_gethostbyname
#define gethostbyaddr iocp_posix_gethostbyaddr
#define getprotobyname iocp_posix_getprotobyname
#define getprotobynumber iocp_posix_getprotobynumber
#define getservbyname iocp_posix_getservbyname
#define getservbyport iocp_posix_getservbyport
#define getaddrinfo iocp_posix_getaddrinfo
#define freeaddrinfo iocp_posix_freeaddrinfo
#define getnameinfo iocp_posix_getnameinfo
#define gai_strerror iocp_posix_gai_strerror
#ifdef _SYS_UN_H
#define IOCP_SYS_UN_WAS_READ
#endif
#ifdef _SYS_POLL_H
#define IOCP_POLL_WAS_READ
#else
#define poll iocp_posix_poll
#endif

#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>
#include <net/if.h>

#undef in_addr
#undef in6_addr
#undef sockaddr
#undef sockaddr_in
#undef sockaddr_in6
#undef sockaddr_storage
#undef sockaddr_un
#undef linger
#undef ip_mreq
#undef ip_mreqn
#undef ip_mreq_source
#undef ipv6_mreq
#undef group_req
#undef group_source_req
#undef in_pktinfo
#undef in6_pktinfo
#undef hostent
#undef servent
#undef protoent
#undef netent
#undef addrinfo
#undef socket
#undef bind
#undef listen
#undef accept
#undef connect
#undef send
#undef recv
#undef sendto
#undef recvfrom
#undef shutdown
#undef getsockopt
#undef setsockopt
#undef getsockname
#undef getpeername
#undef htons
#undef htonl
#undef ntohs
#undef ntohl
#undef inet_addr
#undef inet_aton
#undef inet_ntoa
#undef inet_ntop
#undef inet_pton
#undef in6addr_any
#undef in6addr_loopback
#undef gethostbyname
#undef gethostbyaddr
#undef getprotobyname
#undef getprotobynumber
#undef getservbyname
#undef getservbyport
#undef getaddrinfo
#undef freeaddrinfo
#undef getnameinfo
#undef gai_strerror
#undef poll

#include "iocp_unposix.h"

#endif
