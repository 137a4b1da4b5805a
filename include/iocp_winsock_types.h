/* SPDX-License-Identifier: MIT
 *
 * Types and constants of winsock2.h, apart from its functions. Include winsock2.h instead.
 *
 * u_long, fd_set and socklen_t are libc's names for other types: they are read first (by
 * iocp_quarantine.h) and then taken over as macros, so that later headers keep compiling.
 */
#ifndef IOCP_WINSOCK_TYPES_H
#define IOCP_WINSOCK_TYPES_H

#include "ws2def.h"
#include "qos.h"
#include "winerror.h"

#define WSAAPI
#define WSAEVENT HANDLE
#define LPWSAEVENT LPHANDLE
#define WSAOVERLAPPED OVERLAPPED
typedef struct _OVERLAPPED *LPWSAOVERLAPPED;

typedef UINT_PTR SOCKET;
#define INVALID_SOCKET ((SOCKET)~(SOCKET)0)
#define SOCKET_ERROR (-1)

typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned int iocp_u_long;
typedef unsigned long long u_int64;
typedef int iocp_socklen_t;
#define u_long iocp_u_long
#define socklen_t iocp_socklen_t
typedef unsigned int GROUP;

#ifdef IOCP_FD_SETSIZE
#define FD_SETSIZE IOCP_FD_SETSIZE
#else
#define FD_SETSIZE iocp_fd_setsize
#endif
typedef struct iocp_fd_set {
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
} iocp_fd_set;
#define fd_set iocp_fd_set
typedef fd_set FD_SET, *PFD_SET, *LPFD_SET;

typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;

#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN 128
typedef struct WSAData {
    WORD wVersion;
    WORD wHighVersion;
    unsigned short iMaxSockets;
    unsigned short iMaxUdpDg;
    char *lpVendorInfo;
    char szDescription[WSADESCRIPTION_LEN + 1];
    char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

typedef struct linger {
    u_short l_onoff;
    u_short l_linger;
} LINGER, *PLINGER, *LPLINGER;

typedef struct hostent {
    char *h_name;
    char **h_aliases;
    short h_addrtype;
    short h_length;
    char **h_addr_list;
} HOSTENT, *PHOSTENT, *LPHOSTENT;
#define h_addr h_addr_list[0]

typedef struct netent {
    char *n_name;
    char **n_aliases;
    short n_addrtype;
    u_long n_net;
} NETENT;

typedef struct servent {
    char *s_name;
    char **s_aliases;
    char *s_proto;
    short s_port;
} SERVENT, *PSERVENT, *LPSERVENT;

typedef struct protoent {
    char *p_name;
    char **p_aliases;
    short p_proto;
} PROTOENT, *PPROTOENT, *LPPROTOENT;

#define SOMAXCONN 0x7fffffff
#define SOMAXCONN_HINT(backlog) (-(backlog))
#define SO_PROTOCOL_INFOA 0x2004
#define SO_PROTOCOL_INFOW 0x2005
#define PVD_CONFIG 0x3001
#ifdef UNICODE
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOW
#else
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOA
#endif

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_WAITALL 0x8
#define MSG_INTERRUPT 0x10
#define MSG_PUSH_IMMEDIATE 0x20
#define MSG_PARTIAL 0x8000
#define MSG_MAXIOVLEN 16

#define SD_RECEIVE 0x00
#define SD_SEND 0x01
#define SD_BOTH 0x02

/* ioctlsocket requests. <sys/ioctl.h> may have defined them as Linux does; the library takes
 * either value. */
#ifndef FIONREAD
#define FIONREAD 0x4004667F
#endif
#ifndef FIONBIO
#define FIONBIO ((LONG)0x8004667E)
#endif
#ifndef FIOASYNC
#define FIOASYNC ((LONG)0x8004667D)
#endif
#ifndef SIOCATMARK
#define SIOCATMARK 0x40047307
#endif

#define WSA_FLAG_OVERLAPPED 0x01
#define WSA_FLAG_MULTIPOINT_C_ROOT 0x02
#define WSA_FLAG_MULTIPOINT_C_LEAF 0x04
#define WSA_FLAG_MULTIPOINT_D_ROOT 0x08
#define WSA_FLAG_MULTIPOINT_D_LEAF 0x10
#define WSA_FLAG_ACCESS_SYSTEM_SECURITY 0x40
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#define WSA_FLAG_REGISTERED_IO 0x100

#define WSA_INVALID_HANDLE ERROR_INVALID_HANDLE
#define WSA_NOT_ENOUGH_MEMORY ERROR_NOT_ENOUGH_MEMORY
#define WSA_INVALID_PARAMETER ERROR_INVALID_PARAMETER
#define WSA_OPERATION_ABORTED ERROR_OPERATION_ABORTED
#define WSA_IO_INCOMPLETE ERROR_IO_INCOMPLETE
#define WSA_IO_PENDING ERROR_IO_PENDING
#define WSA_INVALID_EVENT ((WSAEVENT)NULL)
#define WSA_MAXIMUM_WAIT_EVENTS MAXIMUM_WAIT_OBJECTS
#define WSA_WAIT_FAILED WAIT_FAILED
#define WSA_WAIT_EVENT_0 WAIT_OBJECT_0
#define WSA_WAIT_IO_COMPLETION WAIT_IO_COMPLETION
#define WSA_WAIT_TIMEOUT WAIT_TIMEOUT
#define WSA_INFINITE INFINITE

#define h_errno WSAGetLastError()
#define HOST_NOT_FOUND WSAHOST_NOT_FOUND
#define TRY_AGAIN WSATRY_AGAIN
#define NO_RECOVERY WSANO_RECOVERY
#define NO_DATA WSANO_DATA
#define NO_ADDRESS WSANO_ADDRESS

/* network events and their places in WSANETWORKEVENTS.iErrorCode */
#define FD_READ_BIT 0
#define FD_WRITE_BIT 1
#define FD_OOB_BIT 2
#define FD_ACCEPT_BIT 3
#define FD_CONNECT_BIT 4
#define FD_CLOSE_BIT 5
#define FD_QOS_BIT 6
#define FD_GROUP_QOS_BIT 7
#define FD_ROUTING_INTERFACE_CHANGE_BIT 8
#define FD_ADDRESS_LIST_CHANGE_BIT 9
#define FD_MAX_EVENTS 10
#define FD_READ (1 << FD_READ_BIT)
#define FD_WRITE (1 << FD_WRITE_BIT)
#define FD_OOB (1 << FD_OOB_BIT)
#define FD_ACCEPT (1 << FD_ACCEPT_BIT)
#define FD_CONNECT (1 << FD_CONNECT_BIT)
#define FD_CLOSE (1 << FD_CLOSE_BIT)
#define FD_QOS (1 << FD_QOS_BIT)
#define FD_GROUP_QOS (1 << FD_GROUP_QOS_BIT)
#define FD_ROUTING_INTERFACE_CHANGE (1 << FD_ROUTING_INTERFACE_CHANGE_BIT)
#define FD_ADDRESS_LIST_CHANGE (1 << FD_ADDRESS_LIST_CHANGE_BIT)
#define FD_ALL_EVENTS ((1 << FD_MAX_EVENTS) - 1)

typedef struct _WSANETWORKEVENTS {
    LONG lNetworkEvents;
    int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

/* WSAPoll. The structure has a tag of its own, since libc has a struct pollfd. */
#define POLLERR 0x0001
#define POLLHUP 0x0002
#define POLLNVAL 0x0004
#define POLLWRNORM 0x0010
#define POLLOUT POLLWRNORM
#define POLLWRBAND 0x0020
#define POLLRDNORM 0x0100
#define POLLRDBAND 0x0200
#define POLLIN (POLLRDNORM | POLLRDBAND)
#define POLLPRI 0x0400
typedef struct iocp_wsapollfd {
    SOCKET fd;
    SHORT events;
    SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;

typedef struct _QualityOfService {
    FLOWSPEC SendingFlowspec;
    FLOWSPEC ReceivingFlowspec;
    WSABUF ProviderSpecific;
} QOS, *LPQOS;

#define CF_ACCEPT 0x0000
#define CF_REJECT 0x0001
#define CF_DEFER 0x0002
typedef int(CALLBACK *LPCONDITIONPROC)(LPWSABUF lpCallerId, LPWSABUF lpCallerData, LPQOS lpSQOS,
                                       LPQOS lpGQOS, LPWSABUF lpCalleeId, LPWSABUF lpCalleeData,
                                       GROUP *g, DWORD_PTR dwCallbackData);

/* Runs in the thread that started the operation, in an alertable wait; a Winsock error number. */
typedef void(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD dwError, DWORD cbTransferred,
                                                           LPWSAOVERLAPPED lpOverlapped,
                                                           DWORD dwFlags);

#define MAX_PROTOCOL_CHAIN 7
#define BASE_PROTOCOL 1
#define LAYERED_PROTOCOL 0
#define WSAPROTOCOL_LEN 255
#define FROM_PROTOCOL_INFO (-1)
#define SECURITY_PROTOCOL_NONE 0x0000
#define PFL_MULTIPLE_PROTO_ENTRIES 0x00000001
#define PFL_RECOMMENDED_PROTO_ENTRY 0x00000002
#define PFL_HIDDEN 0x00000004
#define PFL_MATCHES_PROTOCOL_ZERO 0x00000008
#define XP1_CONNECTIONLESS 0x00000001
#define XP1_GUARANTEED_DELIVERY 0x00000002
#define XP1_GUARANTEED_ORDER 0x00000004
#define XP1_MESSAGE_ORIENTED 0x00000008
#define XP1_PSEUDO_STREAM 0x00000010
#define XP1_GRACEFUL_CLOSE 0x00000020
#define XP1_EXPEDITED_DATA 0x00000040
#define XP1_SUPPORT_BROADCAST 0x00000200
#define XP1_SUPPORT_MULTIPOINT 0x00000400
#define XP1_IFS_HANDLES 0x00020000
#define XP1_PARTIAL_MESSAGE 0x00040000

typedef struct _WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;

#define IOCP_PROTOCOL_INFO_FIELDS_(character)                                                      \
    DWORD dwServiceFlags1;                                                                         \
    DWORD dwServiceFlags2;                                                                         \
    DWORD dwServiceFlags3;                                                                         \
    DWORD dwServiceFlags4;                                                                         \
    DWORD dwProviderFlags;                                                                         \
    GUID ProviderId;                                                                               \
    DWORD dwCatalogEntryId;                                                                        \
    WSAPROTOCOLCHAIN ProtocolChain;                                                                \
    int iVersion;                                                                                  \
    int iAddressFamily;                                                                            \
    int iMaxSockAddr;                                                                              \
    int iMinSockAddr;                                                                              \
    int iSocketType;                                                                               \
    int iProtocol;                                                                                 \
    int iProtocolMaxOffset;                                                                        \
    int iNetworkByteOrder;                                                                         \
    int iSecurityScheme;                                                                           \
    DWORD dwMessageSize;                                                                           \
    DWORD dwProviderReserved;                                                                      \
    character szProtocol[WSAPROTOCOL_LEN + 1];
typedef struct _WSAPROTOCOL_INFOA {
    IOCP_PROTOCOL_INFO_FIELDS_(CHAR)
} WSAPROTOCOL_INFOA, *LPWSAPROTOCOL_INFOA;
typedef struct _WSAPROTOCOL_INFOW {
    IOCP_PROTOCOL_INFO_FIELDS_(WCHAR)
} WSAPROTOCOL_INFOW, *LPWSAPROTOCOL_INFOW;
#ifdef UNICODE
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#else
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#endif

#define WSAGETASYNCBUFLEN(parameter) LOWORD(parameter)
#define WSAGETASYNCERROR(parameter) HIWORD(parameter)
#define WSAGETSELECTEVENT(parameter) LOWORD(parameter)
#define WSAGETSELECTERROR(parameter) HIWORD(parameter)
#define WSAMAKESELECTREPLY(event, error) MAKELONG(event, error)

#endif
