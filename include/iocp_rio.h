/* SPDX-License-Identifier: MIT
 *
 * Registered I/O: what mswsockdef.h and mswsock.h of the SDK say about it. The functions are not
 * exported; WSAIoctl(SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, WSAID_MULTIPLE_RIO) fills a
 * RIO_EXTENSION_FUNCTION_TABLE with them.
 *
 * A program includes mswsock.h. This part stands alone so that it also serves compilers for Windows
 * whose own headers lack registered I/O (MinGW): include it there after mswsock.h.
 */
#ifndef IOCP_RIO_H
#define IOCP_RIO_H

#ifndef __MINGW32__
#include "winsock2.h"
#endif

#ifndef SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER _WSAIORW(IOC_WS2, 36)
#endif

#define WSAID_MULTIPLE_RIO                                                                         \
    {0x8509e081, 0x96dd, 0x4005, {0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f}}

/* Names of registered buffers, completion queues and request queues. They are no HANDLEs. */
typedef struct RIO_BUFFERID_t *RIO_BUFFERID, **PRIO_BUFFERID;
typedef struct RIO_CQ_t *RIO_CQ, **PRIO_CQ;
typedef struct RIO_RQ_t *RIO_RQ, **PRIO_RQ;

#define RIO_INVALID_BUFFERID ((RIO_BUFFERID)(ULONG_PTR)0xFFFFFFFF)
#define RIO_INVALID_CQ ((RIO_CQ)0)
#define RIO_INVALID_RQ ((RIO_RQ)0)

#define RIO_MAX_CQ_SIZE 0x8000000
#define RIO_CORRUPT_CQ 0xFFFFFFFF

#define RIO_MSG_DONT_NOTIFY 0x00000001
#define RIO_MSG_DEFER 0x00000002
#define RIO_MSG_WAITALL 0x00000004
#define RIO_MSG_COMMIT_ONLY 0x00000008

/* What became of a request. Status is 0 or a Winsock error. */
typedef struct _RIORESULT {
    LONG Status;
    ULONG BytesTransferred;
    ULONGLONG SocketContext;
    ULONGLONG RequestContext;
} RIORESULT, *PRIORESULT;

/* A piece of a registered buffer; Offset and Length in bytes. */
typedef struct _RIO_BUF {
    RIO_BUFFERID BufferId;
    ULONG Offset;
    ULONG Length;
} RIO_BUF, *PRIO_BUF;

/* Control data: this head, whose TotalLength counts itself, and WSACMSGHDRs behind it. */
typedef struct _RIO_CMSG_BUFFER {
    ULONG TotalLength;
} RIO_CMSG_BUFFER, *PRIO_CMSG_BUFFER;

#define RIO_CMSG_BASE_SIZE WSA_CMSGHDR_ALIGN(sizeof(RIO_CMSG_BUFFER))
#define RIO_CMSG_FIRSTHDR(buffer)                                                                  \
    ((buffer)->TotalLength >= RIO_CMSG_BASE_SIZE + sizeof(WSACMSGHDR)                              \
         ? (PWSACMSGHDR)(void *)((PUCHAR)(buffer) + RIO_CMSG_BASE_SIZE)                            \
         : (PWSACMSGHDR)NULL)
#define RIO_CMSG_NEXTHDR(buffer, header)                                                           \
    ((header) == NULL ? RIO_CMSG_FIRSTHDR(buffer)                                                  \
     : (PUCHAR)(header) + WSA_CMSGHDR_ALIGN((header)->cmsg_len) + sizeof(WSACMSGHDR) >             \
             (PUCHAR)(buffer) + (buffer)->TotalLength                                              \
         ? (PWSACMSGHDR)NULL                                                                       \
         : (PWSACMSGHDR)(void *)((PUCHAR)(header) + WSA_CMSGHDR_ALIGN((header)->cmsg_len)))

/* How RIONotify tells that a completion queue has something. */
typedef enum _RIO_NOTIFICATION_COMPLETION_TYPE {
    RIO_EVENT_COMPLETION = 1,
    RIO_IOCP_COMPLETION = 2
} RIO_NOTIFICATION_COMPLETION_TYPE,
    *PRIO_NOTIFICATION_COMPLETION_TYPE;

/*   Event.EventHandle   set; with NotifyReset, RIONotify resets it first
 *   Iocp                a packet of CompletionKey and Overlapped (not NULL), 0 bytes, is queued to
 *                       the port IocpHandle */
typedef struct _RIO_NOTIFICATION_COMPLETION {
    RIO_NOTIFICATION_COMPLETION_TYPE Type;
    __extension__ union {
        struct {
            HANDLE EventHandle;
            BOOL NotifyReset;
        } Event;
        struct {
            HANDLE IocpHandle;
            PVOID CompletionKey;
            PVOID Overlapped;
        } Iocp;
    };
} RIO_NOTIFICATION_COMPLETION, *PRIO_NOTIFICATION_COMPLETION;

/* RIOReceive, RIOSend: start a request on a request queue. pData is one piece of a registered
 * buffer (DataBufferCount 1), or NULL (0). RequestContext comes back in the result.
 *   RIO_MSG_DONT_NOTIFY   its result alone does not make RIONotify tell
 *   RIO_MSG_DEFER         may wait for the next request of this direction without the flag
 *   RIO_MSG_COMMIT_ONLY   alone, all else NULL and 0: starts those that were deferred
 *   RIO_MSG_WAITALL       receives on streams: only when the piece is full
 * TRUE: exactly one result will come. FALSE, and none will: WSAEINVAL (queue, count, flags, or a
 * piece outside of its buffer), WSAEFAULT (no such buffer, or deregistered), WSAENOBUFS (as many
 * requests as the queue allows are outstanding: those whose results have not been dequeued).
 * sdk:lpfn_rioreceive, sdk:lpfn_riosend */
typedef BOOL(PASCAL *LPFN_RIORECEIVE)(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount,
                                      DWORD Flags, PVOID RequestContext);
typedef BOOL(PASCAL *LPFN_RIOSEND)(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount,
                                   DWORD Flags, PVOID RequestContext);

/* RIOReceiveEx, RIOSendEx: the same for datagrams with more beside the data, each a piece of a
 * registered buffer or NULL.
 *   pLocalAddress    SOCKADDR_INET: where it was received; NULL for sends
 *   pRemoteAddress   SOCKADDR_INET: who sent it, or where to
 *   pControlContext  RIO_CMSG_BUFFER with control data as of WSARecvMsg and WSASendMsg
 *   pFlags           ULONG: the MSG_ flags of what was received
 * sdk:lpfn_rioreceiveex, sdk:lpfn_riosendex */
typedef int(PASCAL *LPFN_RIORECEIVEEX)(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount,
                                       PRIO_BUF pLocalAddress, PRIO_BUF pRemoteAddress,
                                       PRIO_BUF pControlContext, PRIO_BUF pFlags, DWORD Flags,
                                       PVOID RequestContext);
typedef BOOL(PASCAL *LPFN_RIOSENDEX)(RIO_RQ SocketQueue, PRIO_BUF pData, ULONG DataBufferCount,
                                     PRIO_BUF pLocalAddress, PRIO_BUF pRemoteAddress,
                                     PRIO_BUF pControlContext, PRIO_BUF pFlags, DWORD Flags,
                                     PVOID RequestContext);

/* RIOCreateCompletionQueue: room for QueueSize results, 1 to RIO_MAX_CQ_SIZE. No
 * NotificationCompletion: the queue is only polled. RIO_INVALID_CQ: WSAEINVAL, WSAENOBUFS.
 * RIOCloseCompletionQueue: throws away what is in it and what would still come.
 * RIOResizeCompletionQueue: FALSE: WSAEINVAL; WSAETOOMANYREFS, less than its request queues need.
 * sdk:lpfn_riocreatecompletionqueue, sdk:lpfn_rioclosecompletionqueue */
typedef RIO_CQ(PASCAL *LPFN_RIOCREATECOMPLETIONQUEUE)(
    DWORD QueueSize, PRIO_NOTIFICATION_COMPLETION NotificationCompletion);
typedef VOID(PASCAL *LPFN_RIOCLOSECOMPLETIONQUEUE)(RIO_CQ CQ);
typedef BOOL(PASCAL *LPFN_RIORESIZECOMPLETIONQUEUE)(RIO_CQ CQ, DWORD QueueSize);

/* RIOCreateRequestQueue: the one request queue of a socket that was made with
 * WSA_FLAG_REGISTERED_IO. At most so many receives and sends are outstanding, each of at most one
 * piece; the completion queues must have room for them all. It goes with the socket.
 * RIO_INVALID_RQ: WSAEINVAL, WSAENOTSOCK, WSAEOPNOTSUPP (a socket without the flag), WSAENOBUFS (no
 * room left in a completion queue, or no memory).
 * RIOResizeRequestQueue: FALSE: WSAEINVAL, WSAENOBUFS, WSAETOOMANYREFS (more are outstanding).
 * sdk:lpfn_riocreaterequestqueue, sdk:lpfn_rioresizerequestqueue */
typedef RIO_RQ(PASCAL *LPFN_RIOCREATEREQUESTQUEUE)(SOCKET Socket, ULONG MaxOutstandingReceive,
                                                   ULONG MaxReceiveDataBuffers,
                                                   ULONG MaxOutstandingSend,
                                                   ULONG MaxSendDataBuffers, RIO_CQ ReceiveCQ,
                                                   RIO_CQ SendCQ, PVOID SocketContext);
typedef BOOL(PASCAL *LPFN_RIORESIZEREQUESTQUEUE)(RIO_RQ RQ, DWORD MaxOutstandingReceive,
                                                 DWORD MaxOutstandingSend);

/* RIODequeueCompletion: moves up to ArraySize results to Array, oldest first, and returns how many;
 * RIO_CORRUPT_CQ: no such queue. sdk:lpfn_riodequeuecompletion */
typedef ULONG(PASCAL *LPFN_RIODEQUEUECOMPLETION)(RIO_CQ CQ, PRIORESULT Array, ULONG ArraySize);

/* RIONotify: has the queue tell, once, as soon as it is not empty. Returns 0 or the error itself:
 * WSAEALREADY (the last call's has not come yet), WSAEINVAL, WSAENOBUFS. sdk:lpfn_rionotify */
typedef INT(PASCAL *LPFN_RIONOTIFY)(RIO_CQ CQ);

/* RIORegisterBuffer: names DataLength bytes for use in RIO_BUFs. RIO_INVALID_BUFFERID: WSAEFAULT
 * (no memory there), WSAENOBUFS. RIODeregisterBuffer: the name is unknown from now on.
 * sdk:lpfn_rioregisterbuffer, sdk:lpfn_rioderegisterbuffer */
typedef RIO_BUFFERID(PASCAL *LPFN_RIOREGISTERBUFFER)(PCHAR DataBuffer, DWORD DataLength);
typedef VOID(PASCAL *LPFN_RIODEREGISTERBUFFER)(RIO_BUFFERID BufferId);

/* cbSize is its size in bytes. sdk:rio_extension_function_table */
typedef struct _RIO_EXTENSION_FUNCTION_TABLE {
    DWORD cbSize;
    LPFN_RIORECEIVE RIOReceive;
    LPFN_RIORECEIVEEX RIOReceiveEx;
    LPFN_RIOSEND RIOSend;
    LPFN_RIOSENDEX RIOSendEx;
    LPFN_RIOCLOSECOMPLETIONQUEUE RIOCloseCompletionQueue;
    LPFN_RIOCREATECOMPLETIONQUEUE RIOCreateCompletionQueue;
    LPFN_RIOCREATEREQUESTQUEUE RIOCreateRequestQueue;
    LPFN_RIODEQUEUECOMPLETION RIODequeueCompletion;
    LPFN_RIODEREGISTERBUFFER RIODeregisterBuffer;
    LPFN_RIONOTIFY RIONotify;
    LPFN_RIOREGISTERBUFFER RIORegisterBuffer;
    LPFN_RIORESIZECOMPLETIONQUEUE RIOResizeCompletionQueue;
    LPFN_RIORESIZEREQUESTQUEUE RIOResizeRequestQueue;
} RIO_EXTENSION_FUNCTION_TABLE, *PRIO_EXTENSION_FUNCTION_TABLE;

#endif
