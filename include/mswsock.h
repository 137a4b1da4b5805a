/* SPDX-License-Identifier: MIT
 *
 * Microsoft's extensions: AcceptEx and the functions that are obtained through
 * WSAIoctl(SIO_GET_EXTENSION_FUNCTION_POINTER) with a WSAID_ GUID. All that return BOOL report
 * through WSAGetLastError; FALSE with WSA_IO_PENDING means started.
 */
#ifndef _MSWSOCK_
#define _MSWSOCK_

#include "winsock2.h"
#include "mswsockdef.h"
#include "iocp_rio.h"

#define TCP_BSDURGENT 0x7000

#define TF_DISCONNECT 0x01
#define TF_REUSE_SOCKET 0x02
#define TF_WRITE_BEHIND 0x04
#define TF_USE_DEFAULT_WORKER 0x00
#define TF_USE_SYSTEM_THREAD 0x10
#define TF_USE_KERNEL_APC 0x20

#define TP_ELEMENT_MEMORY 1
#define TP_ELEMENT_FILE 2
#define TP_ELEMENT_EOP 4
#define TP_DISCONNECT TF_DISCONNECT
#define TP_REUSE_SOCKET TF_REUSE_SOCKET
#define TP_USE_DEFAULT_WORKER TF_USE_DEFAULT_WORKER
#define TP_USE_SYSTEM_THREAD TF_USE_SYSTEM_THREAD
#define TP_USE_KERNEL_APC TF_USE_KERNEL_APC

typedef struct _TRANSMIT_FILE_BUFFERS {
    LPVOID Head;
    DWORD HeadLength;
    LPVOID Tail;
    DWORD TailLength;
} TRANSMIT_FILE_BUFFERS, *PTRANSMIT_FILE_BUFFERS, *LPTRANSMIT_FILE_BUFFERS;

typedef struct _TRANSMIT_PACKETS_ELEMENT {
    ULONG dwElFlags;
    ULONG cLength;
    __extension__ union {
        __extension__ struct {
            LARGE_INTEGER nFileOffset;
            HANDLE hFile;
        };
        PVOID pBuffer;
    };
} TRANSMIT_PACKETS_ELEMENT, *PTRANSMIT_PACKETS_ELEMENT, *LPTRANSMIT_PACKETS_ELEMENT;

#define WSAID_TRANSMITFILE                                                                         \
    {0xb5367df0, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_ACCEPTEX                                                                             \
    {0xb5367df1, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_GETACCEPTEXSOCKADDRS                                                                 \
    {0xb5367df2, 0xcbac, 0x11cf, {0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
#define WSAID_TRANSMITPACKETS                                                                      \
    {0xd9689da0, 0x1f90, 0x11d3, {0x99, 0x71, 0x00, 0xc0, 0x4f, 0x68, 0xc8, 0x76}}
#define WSAID_CONNECTEX                                                                            \
    {0x25a207b9, 0xddf3, 0x4660, {0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e}}
#define WSAID_DISCONNECTEX                                                                         \
    {0x7fda2e11, 0x8630, 0x436f, {0xa0, 0x31, 0xf5, 0x36, 0xa6, 0xee, 0xc1, 0x57}}
#define WSAID_WSARECVMSG                                                                           \
    {0xf689d7c8, 0x6f1f, 0x436b, {0x8a, 0x53, 0xe5, 0x4f, 0xe3, 0x51, 0xc3, 0x22}}
#define WSAID_WSASENDMSG                                                                           \
    {0xa441e712, 0x754f, 0x43ca, {0x84, 0xa7, 0x0d, 0xee, 0x44, 0xcf, 0x60, 0x6d}}
#define WSAID_WSAPOLL                                                                              \
    {0x18c76f85, 0xdc66, 0x4964, {0x97, 0x2e, 0x23, 0xc2, 0x72, 0x38, 0x31, 0x2b}}

IOCP_BEGIN_DECLS

/* AcceptEx: takes the next connection of sListenSocket onto sAcceptSocket, a fresh socket, and
 * reads the first data.
 *   lpOutputBuffer         data, then the local, then the remote address, in the lengths given
 *   dwReceiveDataLength    bytes for data; 0: complete as soon as there is a connection
 *   dwLocalAddressLength   bytes for an address: its size + 16; likewise the remote one
 *   lpdwBytesReceived      set only when it finishes at once
 * FALSE: WSA_IO_PENDING, WSAENOTSOCK, WSAEINVAL (not listening, or the accept socket in use),
 * WSAEFAULT, ERROR_INVALID_PARAMETER (no OVERLAPPED). The packet is the listener's. sdk:acceptex */
BOOL WSAAPI AcceptEx(SOCKET sListenSocket, SOCKET sAcceptSocket, PVOID lpOutputBuffer,
                     DWORD dwReceiveDataLength, DWORD dwLocalAddressLength,
                     DWORD dwRemoteAddressLength, LPDWORD lpdwBytesReceived,
                     LPOVERLAPPED lpOverlapped);

/* GetAcceptExSockaddrs: pointers to the two addresses inside the buffer of a finished AcceptEx, for
 * the lengths that were given to it. sdk:getacceptexsockaddrs */
VOID WSAAPI GetAcceptExSockaddrs(PVOID lpOutputBuffer, DWORD dwReceiveDataLength,
                                 DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
                                 struct sockaddr **LocalSockaddr, LPINT LocalSockaddrLength,
                                 struct sockaddr **RemoteSockaddr, LPINT RemoteSockaddrLength);

/* TransmitFile: sends Head, a file, Tail on a connected stream; any of them may be missing.
 *   hFile                  a file's handle (_get_osfhandle's); NULL: none
 *   nNumberOfBytesToWrite  of the file; 0: all that is left
 *   nNumberOfBytesPerSend  a hint; 0: the default
 *   lpOverlapped           its Offset is where the file is read from; NULL: the file's own position
 *   lpTransmitBuffers      head and tail; the structure itself may be gone when the call returns
 *   dwReserved             TF_ flags
 * FALSE: WSA_IO_PENDING, WSAENOTSOCK, WSAENOTCONN, WSAESHUTDOWN, WSAEINVAL (an offset behind the
 * end, TF_REUSE_SOCKET without TF_DISCONNECT), ERROR_INVALID_HANDLE (no file). sdk:transmitfile */
BOOL WSAAPI TransmitFile(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite,
                         DWORD nNumberOfBytesPerSend, LPOVERLAPPED lpOverlapped,
                         LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers, DWORD dwReserved);

IOCP_END_DECLS

typedef BOOL(PASCAL *LPFN_ACCEPTEX)(SOCKET sListenSocket, SOCKET sAcceptSocket,
                                    PVOID lpOutputBuffer, DWORD dwReceiveDataLength,
                                    DWORD dwLocalAddressLength, DWORD dwRemoteAddressLength,
                                    LPDWORD lpdwBytesReceived, LPOVERLAPPED lpOverlapped);
typedef VOID(PASCAL *LPFN_GETACCEPTEXSOCKADDRS)(
    PVOID lpOutputBuffer, DWORD dwReceiveDataLength, DWORD dwLocalAddressLength,
    DWORD dwRemoteAddressLength, struct sockaddr **LocalSockaddr, LPINT LocalSockaddrLength,
    struct sockaddr **RemoteSockaddr, LPINT RemoteSockaddrLength);

/* ConnectEx: connects a bound socket and sends the first data. Completion counts the bytes sent.
 * FALSE: WSA_IO_PENDING, WSAEINVAL (not bound, or listening), WSAEISCONN, WSAEALREADY,
 * ERROR_INVALID_PARAMETER (no OVERLAPPED). sdk:lpfn_connectex */
typedef BOOL(PASCAL *LPFN_CONNECTEX)(SOCKET s, const struct sockaddr *name, int namelen,
                                     PVOID lpSendBuffer, DWORD dwSendDataLength,
                                     LPDWORD lpdwBytesSent, LPOVERLAPPED lpOverlapped);

/* DisconnectEx: ends the connection; TF_REUSE_SOCKET: the socket can then be used again.
 * FALSE: WSA_IO_PENDING, WSAENOTCONN, WSAEINVAL. sdk:lpfn_disconnectex */
typedef BOOL(PASCAL *LPFN_DISCONNECTEX)(SOCKET s, LPOVERLAPPED lpOverlapped, DWORD dwFlags,
                                        DWORD dwReserved);

/* TransmitFile, TransmitPackets: send a file with head and tail, or a row of pieces.
 * sdk:transmitfile, sdk:lpfn_transmitpackets */
typedef BOOL(PASCAL *LPFN_TRANSMITFILE)(SOCKET hSocket, HANDLE hFile, DWORD nNumberOfBytesToWrite,
                                        DWORD nNumberOfBytesPerSend, LPOVERLAPPED lpOverlapped,
                                        LPTRANSMIT_FILE_BUFFERS lpTransmitBuffers,
                                        DWORD dwReserved);
typedef BOOL(PASCAL *LPFN_TRANSMITPACKETS)(SOCKET hSocket, LPTRANSMIT_PACKETS_ELEMENT lpPacketArray,
                                           DWORD nElementCount, DWORD nSendSize,
                                           LPOVERLAPPED lpOverlapped, DWORD dwFlags);

/* WSARecvMsg, WSASendMsg: datagrams with control data. sdk:lpfn_wsarecvmsg, sdk:wsasendmsg */
typedef INT(PASCAL *LPFN_WSARECVMSG)(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd,
                                     LPWSAOVERLAPPED lpOverlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef INT(PASCAL *LPFN_WSASENDMSG)(SOCKET s, LPWSAMSG lpMsg, DWORD dwFlags,
                                     LPDWORD lpNumberOfBytesSent, LPWSAOVERLAPPED lpOverlapped,
                                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
typedef INT(WSAAPI *LPFN_WSAPOLL)(LPWSAPOLLFD fdarray, ULONG nfds, INT timeout);

#endif
