/* SPDX-License-Identifier: MIT
 *
 * What the files of api/ that implement Winsock share.
 */
#ifndef API_WINSOCK_H
#define API_WINSOCK_H

#include "api/last_error.h"
#include "base/probe.h"
#include "net/net.h"

#include <stdatomic.h>
#include <string.h>
#include <winsock2.h>

/* How many WSAStartup calls are not yet matched by WSACleanup. */
extern _Atomic uint32_t winsock_users;

static inline bool winsock_is_started(void)
{
    return LIKELY(atomic_load_explicit(&winsock_users, memory_order_relaxed) != 0);
}

/* The socket with a reference, or NULL with *status saying why: WSAStartup not called (SOCK-7), or
 * no socket (SOCK-6). */
static inline struct socket *winsock_socket_by(SOCKET handle, NTSTATUS *status,
                                               struct socket *(*look_up)(uintptr_t handle))
{
    if (!winsock_is_started()) {
        *status = STATUS_OF_WINSOCK(WSANOTINITIALISED);
        return NULL;
    }
    struct socket *socket = look_up(handle);
    *status = socket ? STATUS_SUCCESS : STATUS_OBJECT_TYPE_MISMATCH;
    return socket;
}

static inline struct socket *winsock_socket(SOCKET handle, NTSTATUS *status)
{
    return winsock_socket_by(handle, status, socket_get);
}

/* The result of a Winsock call: 0, or SOCKET_ERROR with the code set; 997 while pending. */
static inline int winsock_return(NTSTATUS status)
{
    if (LIKELY(status == STATUS_PENDING)) {
        api_set_last_error(WSA_IO_PENDING);
        return SOCKET_ERROR;
    }
    return LIKELY(status == STATUS_SUCCESS) ? api_succeed_socket() : api_fail_socket(status);
}

/* The same for the extension functions that return a BOOL. */
static inline BOOL winsock_return_bool(NTSTATUS status)
{
    return winsock_return(status) == 0;
}

/* Where a transfer's byte count and flags go: there, or NULL where that is allowed. */
static inline bool winsock_has_counts(const DWORD *bytes, const DWORD *flags,
                                      const OVERLAPPED *overlapped)
{
    return flags && probe_known_writable(flags, sizeof *flags, overlapped) &&
           (bytes ? probe_known_writable(bytes, sizeof *bytes, overlapped) : overlapped != NULL);
}

/* Stores an answer in memory of the program's. */
static inline NTSTATUS winsock_give(void *to, const void *answer, size_t length)
{
    if (!to || !probe_writable(to, length))
        return STATUS_ACCESS_VIOLATION;
    memcpy(to, answer, length);
    return STATUS_SUCCESS;
}

/* Makes a call that pends with an OVERLAPPED of the library's, and waits for its end. */
NTSTATUS winsock_in_call(SOCKET handle, NTSTATUS (*start)(void *context, OVERLAPPED *own),
                         void *context);

/* A new socket; INVALID_SOCKET with the last error set. */
SOCKET winsock_open(int family, int type, int protocol, bool overlapped);

/* Duplicates that no WSASocket has taken go with the last WSACleanup. */
void winsock_forget_duplicates(void);

/* SO_PROTOCOL_INFOA, SO_PROTOCOL_INFOW. */
NTSTATUS winsock_protocol_option(struct socket *socket, bool wide, void *value, int *length);

/* FIONBIO, FIONREAD, SIOCATMARK. */
NTSTATUS winsock_ioctl(struct socket *socket, DWORD command, u_long *argument);

/* Calls a Winsock completion routine (APC-3). */
void winsock_call_routine(const struct io_routine *routine);

#endif
