/* SPDX-License-Identifier: MIT
 *
 * Winsock. A SOCKET is a HANDLE (ReadFile, CreateIoCompletionPort, CloseHandle take it); its value
 * is also a descriptor that POSIX calls accept. Unless said otherwise a function returns 0, or
 * SOCKET_ERROR with WSAGetLastError telling why: WSAENOTSOCK for a bad socket, WSAEFAULT for a bad
 * pointer, WSAEINVAL for a bad argument, WSANOTINITIALISED without WSAStartup.
 *
 * Include it before libc's socket headers (iocp_quarantine.h has the reason). struct timeval stays
 * libc's, with 64-bit members, and the errno constants (ECONNRESET ...) stay libc's numbers.
 */
#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#ifndef _WINSOCKAPI_
#define _WINSOCKAPI_
#endif

#include "iocp_quarantine.h"
#include "windows.h"
#include "ws2def.h"
#include "iocp_winsock_types.h"

IOCP_BEGIN_DECLS

/* ---- the library ---- */

/* WSAStartup: asks for a version (MAKEWORD(2, 2)) and fills lpWSAData. Returns 0 or the error
 * itself: WSAVERNOTSUPPORTED, WSAEFAULT. WSACleanup: gives it back. sdk:wsastartup,
 * sdk:wsacleanup */
int WSAAPI WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData);
int WSAAPI WSACleanup(void);

/* WSAGetLastError, WSASetLastError: the same number as GetLastError. sdk:wsagetlasterror,
 * sdk:wsasetlasterror */
int WSAAPI WSAGetLastError(void);
void WSAAPI WSASetLastError(int iError);

/* ---- a socket's life ---- */

/* socket: an overlapped socket. INVALID_SOCKET: WSAEAFNOSUPPORT, WSAEPROTONOSUPPORT,
 * WSAESOCKTNOSUPPORT, WSAEPROTOTYPE, WSAEMFILE. sdk:socket */
SOCKET WSAAPI socket(int af, int type, int protocol) IOCP_SYMBOL("iocp_socket");

/* WSASocket: the same; overlapped only with WSA_FLAG_OVERLAPPED. lpProtocolInfo, if given, names
 * family, type and protocol where these are FROM_PROTOCOL_INFO, or the duplicate that
 * WSADuplicateSocket has made. g is ignored. WSAEINVAL. sdk:wsasocketa */
SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                         GROUP g, DWORD dwFlags);
SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                         GROUP g, DWORD dwFlags);

/* WSADuplicateSocket: describes a duplicate of the socket, which one WSASocket call takes. The
 * process must be this one: WSAEINVAL. sdk:wsaduplicatesocketa */
int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo);
int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo);

/* WSAEnumProtocols: describes the protocols that lpiProtocols lists (a 0 at the end; NULL: all) and
 * returns how many. SOCKET_ERROR: WSAENOBUFS, and *lpdwBufferLength is what is needed, in bytes.
 * sdk:wsaenumprotocolsa */
int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
                             LPDWORD lpdwBufferLength);
int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                             LPDWORD lpdwBufferLength);

/* bind: WSAEADDRINUSE, WSAEADDRNOTAVAIL, WSAEACCES, WSAEINVAL (already bound). sdk:bind */
int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen) IOCP_SYMBOL("iocp_bind");

/* listen: WSAEINVAL (not bound), WSAEISCONN, WSAEOPNOTSUPP. sdk:listen */
int WSAAPI listen(SOCKET s, int backlog) IOCP_SYMBOL("iocp_listen");

/* accept: waits for a connection unless the socket is non-blocking. addrlen: bytes in, bytes out;
 * both may be NULL. INVALID_SOCKET: WSAEWOULDBLOCK, WSAEINTR or WSAENOTSOCK (closed meanwhile),
 * WSAEINVAL (not listening), WSAEMFILE. sdk:accept */
SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen) IOCP_SYMBOL("iocp_accept");

/* WSAAccept: the same; lpfnCondition may accept, reject (WSAECONNREFUSED) or defer
 * (WSATRY_AGAIN). sdk:wsaaccept */
SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
                        LPCONDITIONPROC lpfnCondition, DWORD_PTR dwCallbackData);

/* connect: waits unless non-blocking (WSAEWOULDBLOCK). WSAECONNREFUSED, WSAETIMEDOUT,
 * WSAENETUNREACH, WSAEHOSTUNREACH, WSAEISCONN, WSAEALREADY, WSAEADDRNOTAVAIL. sdk:connect */
int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen) IOCP_SYMBOL("iocp_connect");

/* WSAConnect: the same; the other parameters may be NULL. sdk:wsaconnect */
int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS);

/* WSAConnectByName: connects a stream to a host and service by name, one of their addresses after
 * the other. Addresses in bytes, in and out; these and their lengths may be NULL; so may the
 * timeout (for all attempts together). Reserved is NULL. A socket of IPv6 reaches IPv4 hosts if its
 * IPV6_V6ONLY is off. WSAConnectByList: the same with addresses. FALSE: WSAEINVAL,
 * WSAHOST_NOT_FOUND, WSAETIMEDOUT, WSAEFAULT, or why the last attempt failed.
 * sdk:wsaconnectbynamea, sdk:wsaconnectbylist */
BOOL WSAAPI WSAConnectByNameA(SOCKET s, LPCSTR nodename, LPCSTR servicename,
                              LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress,
                              LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
BOOL WSAAPI WSAConnectByNameW(SOCKET s, LPWSTR nodename, LPWSTR servicename,
                              LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress,
                              LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
BOOL WSAAPI WSAConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress,
                             LPDWORD LocalAddressLength, LPSOCKADDR LocalAddress,
                             LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                             const struct timeval *timeout, LPWSAOVERLAPPED Reserved);

/* shutdown: SD_RECEIVE, SD_SEND or SD_BOTH. WSAENOTCONN. sdk:shutdown */
int WSAAPI shutdown(SOCKET s, int how) IOCP_SYMBOL("iocp_shutdown");

/* WSASendDisconnect: shutdown(SD_SEND). WSARecvDisconnect: shutdown(SD_RECEIVE). Data may be NULL;
 * no protocol here carries any: WSAENOPROTOOPT. WSAENOTCONN. sdk:wsasenddisconnect,
 * sdk:wsarecvdisconnect */
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData);
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData);

/* closesocket: ends the socket; pending operations complete as aborted. sdk:closesocket */
int WSAAPI closesocket(SOCKET s);

/* ---- transfers ---- */

/* send, sendto, recv, recvfrom: the bytes transferred; 0 from recv: the peer has finished. len and
 * fromlen in bytes. SOCKET_ERROR: WSAEWOULDBLOCK, WSAECONNRESET, WSAECONNABORTED, WSAENOTCONN,
 * WSAESHUTDOWN, WSAEMSGSIZE (datagram cut off), WSAETIMEDOUT. sdk:send, sdk:sendto, sdk:recv,
 * sdk:recvfrom */
int WSAAPI send(SOCKET s, const char *buf, int len, int flags) IOCP_SYMBOL("iocp_send");
int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to,
                  int tolen) IOCP_SYMBOL("iocp_sendto");
int WSAAPI recv(SOCKET s, char *buf, int len, int flags) IOCP_SYMBOL("iocp_recv");
int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
    IOCP_SYMBOL("iocp_recvfrom");

/* WSARecv: receives into dwBufferCount buffers in order.
 *   lpNumberOfBytesRecvd  bytes, if it finished at once; may be NULL with lpOverlapped
 *   lpFlags               MSG_ flags in and out
 *   lpOverlapped          non-NULL: overlapped; the buffers and it must outlive the operation, the
 *                         array of WSABUF need not
 *   lpCompletionRoutine   runs in this thread's alertable wait instead of a packet
 * Returns 0 (finished; the packet still comes), or SOCKET_ERROR: WSA_IO_PENDING (started),
 * WSAECONNRESET, WSAENOTCONN, WSAEWOULDBLOCK, WSAESHUTDOWN, WSAEMSGSIZE ... sdk:wsarecv */
int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* WSASend: sends the buffers in order, on a stream all of them. Parameters and errors as WSARecv;
 * WSAENOBUFS. sdk:wsasend */
int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* WSARecvFrom: as WSARecv, with the sender's address; lpFrom and lpFromlen must outlive the
 * operation too. sdk:wsarecvfrom */
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                       LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags, struct sockaddr *lpFrom,
                       LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* WSASendTo: as WSASend, to an address. sdk:wsasendto */
int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const struct sockaddr *lpTo, int iTolen,
                     LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* WSASendMsg: as WSASendTo, with control data (WSACMSGHDR) beside it; datagrams only. lpMsg may be
 * gone when the call returns, the data may not. WSAEINVAL (a stream, malformed control data).
 * Its counterpart, WSARecvMsg, is an extension function. sdk:wsasendmsg */
int WSAAPI WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* WSAGetOverlappedResult: stores the bytes and the receive flags of an operation. FALSE: its error,
 * or WSA_IO_INCOMPLETE while it is under way and fWait is FALSE; WSAENOTSOCK.
 * sdk:wsagetoverlappedresult */
BOOL WSAAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer,
                                   BOOL fWait, LPDWORD lpdwFlags);

/* ---- options and names ---- */

/* ioctlsocket: FIONBIO (non-blocking if *argp is not 0), FIONREAD (bytes that one recv would give),
 * SIOCATMARK. u_long has 32 bits. sdk:ioctlsocket */
int WSAAPI ioctlsocket(SOCKET s, LONG cmd, u_long *argp);

/* WSAIoctl: the same and SIO_ requests; SIO_GET_EXTENSION_FUNCTION_POINTER with a WSAID_ GUID gives
 * the functions of mswsock.h. lpcbBytesReturned is required without lpOverlapped.
 * WSAEINVAL (unknown GUID), WSAEOPNOTSUPP. sdk:wsaioctl */
int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                    LPWSAOVERLAPPED lpOverlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

/* setsockopt, getsockopt: lengths in bytes. Timeouts are DWORD milliseconds. WSAENOPROTOOPT,
 * WSAEFAULT. sdk:setsockopt, sdk:getsockopt */
int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
    IOCP_SYMBOL("iocp_setsockopt");
int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
    IOCP_SYMBOL("iocp_getsockopt");

/* getsockname, getpeername: namelen in bytes, in and out. WSAEINVAL (not bound), WSAENOTCONN.
 * sdk:getsockname, sdk:getpeername */
int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen)
    IOCP_SYMBOL("iocp_getsockname");
int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen)
    IOCP_SYMBOL("iocp_getpeername");

/* ---- readiness ---- */

/* WSAPoll: waits `timeout` ms (negative: for ever) until one of the sockets is ready; returns how
 * many are. The POLL* values are Windows', for this call only: POSIX poll() needs other numbers.
 * sdk:wsapoll */
int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout);

/* WSACreateEvent: a manual-reset event, not signalled; WSA_INVALID_EVENT on failure. The others
 * set, reset and close it; FALSE: WSA_INVALID_HANDLE. sdk:wsacreateevent, sdk:wsasetevent,
 * sdk:wsaresetevent, sdk:wsacloseevent */
WSAEVENT WSAAPI WSACreateEvent(void);
BOOL WSAAPI WSASetEvent(WSAEVENT hEvent);
BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent);
BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent);

/* WSAWaitForMultipleEvents: as WaitForMultipleObjectsEx, with WSA_WAIT_ results.
 * sdk:wsawaitformultipleevents */
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll,
                                      DWORD dwTimeout, BOOL fAlertable);

/* WSAEventSelect: sets the event when one of the FD_ conditions arises; makes the socket
 * non-blocking. 0 conditions: no more. sdk:wsaeventselect */
int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents);

/* WSAEnumNetworkEvents: the conditions that arose since the last call, each with its error; resets
 * the event if given. sdk:wsaenumnetworkevents */
int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject,
                                LPWSANETWORKEVENTS lpNetworkEvents);

/* ---- addresses and names ---- */

/* inet_addr: "1.2.3.4" in network order, or INADDR_NONE. inet_ntoa: the text, in a buffer of the
 * thread. sdk:inet_addr, sdk:inet_ntoa */
ULONG WSAAPI inet_addr(const char *cp) IOCP_SYMBOL("iocp_inet_addr");
char *WSAAPI inet_ntoa(struct in_addr in) IOCP_SYMBOL("iocp_inet_ntoa");

/* WSAAddressToString: an address with its port as text; the length in characters, in and out.
 * WSAEFAULT (too short), WSAEINVAL. WSAStringToAddress: the way back; the length in bytes.
 * lpProtocolInfo may be NULL. sdk:wsaaddresstostringa, sdk:wsastringtoaddressa */
INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily,
                               LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSOCKADDR lpAddress,
                               LPINT lpAddressLength);
INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily,
                               LPWSAPROTOCOL_INFOW lpProtocolInfo, LPSOCKADDR lpAddress,
                               LPINT lpAddressLength);

/* gethostname: this machine's name into namelen bytes. WSAEFAULT (too short). Renamed, because
 * unistd.h declares another. sdk:gethostname */
#define gethostname iocp_gethostname
int WSAAPI gethostname(char *name, int namelen);

/* gethostbyname and its family: a structure that belongs to the thread and lasts until its next
 * such call. NULL: WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA. Ports in network
 * order. sdk:gethostbyname, sdk:gethostbyaddr, sdk:getprotobyname, sdk:getprotobynumber,
 * sdk:getservbyname, sdk:getservbyport */
struct hostent *WSAAPI gethostbyname(const char *name) IOCP_SYMBOL("iocp_gethostbyname");
struct hostent *WSAAPI gethostbyaddr(const char *addr, int len, int type)
    IOCP_SYMBOL("iocp_gethostbyaddr");
struct protoent *WSAAPI getprotobyname(const char *name) IOCP_SYMBOL("iocp_getprotobyname");
struct protoent *WSAAPI getprotobynumber(int number) IOCP_SYMBOL("iocp_getprotobynumber");
struct servent *WSAAPI getservbyname(const char *name, const char *proto)
    IOCP_SYMBOL("iocp_getservbyname");
struct servent *WSAAPI getservbyport(int port, const char *proto)
    IOCP_SYMBOL("iocp_getservbyport");

/* select: readiness of the sockets in three sets, which are narrowed to those ready; `nfds` is
 * ignored; NULL timeout: no limit. Returns how many are ready, 0 when time is up. WSAEINVAL (all
 * sets empty). libc's select takes another fd_set: in C the name is a macro, in C++ an overload.
 * sdk:select */
#ifdef __cplusplus
extern "C++" int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                               const struct timeval *timeout) IOCP_SYMBOL("iocp_select");
#else
#define select iocp_select
int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                  const struct timeval *timeout);
#endif

IOCP_END_DECLS

#include "iocp_winsock_inline.h"
#include "iocp_winsock_long.h"

#ifdef UNICODE
#define WSASocket WSASocketW
#define WSADuplicateSocket WSADuplicateSocketW
#define WSAEnumProtocols WSAEnumProtocolsW
#define WSAConnectByName WSAConnectByNameW
#define WSAAddressToString WSAAddressToStringW
#define WSAStringToAddress WSAStringToAddressW
#else
#define WSASocket WSASocketA
#define WSADuplicateSocket WSADuplicateSocketA
#define WSAEnumProtocols WSAEnumProtocolsA
#define WSAConnectByName WSAConnectByNameA
#define WSAAddressToString WSAAddressToStringA
#define WSAStringToAddress WSAStringToAddressA
#endif

#endif
