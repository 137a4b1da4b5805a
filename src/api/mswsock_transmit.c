/* SPDX-License-Identifier: MIT
 *
 * TransmitFile and TransmitPackets (rules TF). A file's HANDLE is the number of its descriptor.
 */
#include "api/mswsock.h"
#include "base/fault.h"
#include "file/file.h"
#include "io/operation.h"
#include "net/ioctl.h"
#include "net/transmit.h"
#include "object/handle.h"

#include <windows.h>

#include <fcntl.h>
#include <stdlib.h>

#define TRANSMIT_MOST 2147483646u

/* The descriptor behind a file's handle, which may be one of the C library's (_get_osfhandle); -1:
 * there is none. */
static int transmit__descriptor(HANDLE handle)
{
    uintptr_t value = (uintptr_t)handle;

    if (value >= HANDLE_DESCRIPTORS)
        return file_descriptor(value);
    return fcntl((int)value, F_GETFD) >= 0 ? (int)value : -1;
}

static int64_t transmit__offset(const OVERLAPPED *overlapped)
{
    if (!overlapped)
        return NET_CURRENT_POSITION;
    /* One that is negative is behind any end (TF-5). */
    int64_t offset = (int64_t)((uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset);
    return offset < 0 ? INT64_MAX : offset;
}

/* What of a call a socket that may have to wait needs. */
struct transmit_call {
    struct socket *socket;
    const struct net_transmission *wanted;
};

static NTSTATUS transmit__start(void *context, OVERLAPPED *own)
{
    const struct transmit_call *call = context;

    return socket_transmit(call->socket, call->wanted, own);
}

static NTSTATUS transmit__call(SOCKET handle, const struct net_transmission *wanted,
                               OVERLAPPED *overlapped)
{
    NTSTATUS status;
    struct net_identity identity;
    struct socket *socket = winsock_socket(handle, &status);
    struct transmit_call call = {.socket = socket, .wanted = wanted};

    io_mark_pending(overlapped);
    if (!socket)
        return status;
    socket_identify(socket, &identity);
    if (!overlapped && identity.type != SOCK_STREAM)
        status = winsock_in_call(handle, transmit__start, &call);
    else
        status = socket_transmit(socket, wanted, overlapped);
    socket_unref(socket);
    return status;
}

BOOL WSAAPI TransmitFile(SOCKET handle, HANDLE file, DWORD length, DWORD per_send,
                         LPOVERLAPPED overlapped, LPTRANSMIT_FILE_BUFFERS buffers, DWORD flags)
{
    struct net_piece pieces[3];
    uint32_t count = 0;

    (void)per_send;
    if (buffers && !probe_readable(buffers, sizeof *buffers))
        return winsock_return_bool(STATUS_ACCESS_VIOLATION);
    if (buffers && buffers->Head && buffers->HeadLength)
        pieces[count++] = (struct net_piece){.data = buffers->Head, .length = buffers->HeadLength};
    if (file)
        pieces[count++] = (struct net_piece){.length = length,
                                             .descriptor = transmit__descriptor(file),
                                             .offset = transmit__offset(overlapped)};
    if (buffers && buffers->Tail && buffers->TailLength)
        pieces[count++] = (struct net_piece){.data = buffers->Tail, .length = buffers->TailLength};
    const struct net_transmission wanted = {
        .pieces = pieces, .count = count, .flags = flags & (TF_DISCONNECT | TF_REUSE_SOCKET)};
    return winsock_return_bool(length > TRANSMIT_MOST
                                   ? STATUS_INVALID_PARAMETER
                                   : transmit__call(handle, &wanted, overlapped));
}

static NTSTATUS packets__piece(const TRANSMIT_PACKETS_ELEMENT *element, struct net_piece *piece)
{
    *piece =
        (struct net_piece){.length = element->cLength, .ends = element->dwElFlags & TP_ELEMENT_EOP};
    switch (element->dwElFlags & (TP_ELEMENT_MEMORY | TP_ELEMENT_FILE)) {
    case TP_ELEMENT_MEMORY:
        piece->data = element->pBuffer;
        return piece->data || !piece->length ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    case TP_ELEMENT_FILE:
        piece->descriptor = transmit__descriptor(element->hFile);
        piece->offset = element->nFileOffset.QuadPart;
        return piece->offset < NET_CURRENT_POSITION ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

BOOL PASCAL mswsock_transmit_packets(SOCKET handle, LPTRANSMIT_PACKETS_ELEMENT elements,
                                     DWORD count, DWORD send_size, LPOVERLAPPED overlapped,
                                     DWORD flags)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct net_piece *pieces = NULL;
    uint32_t used = 0;

    if (count > NET_BUFFERS_MOST)
        return winsock_return_bool(STATUS_INVALID_PARAMETER);
    if (count && (!elements || !probe_readable(elements, count * sizeof *elements)))
        return winsock_return_bool(STATUS_ACCESS_VIOLATION);
    if (count)
        pieces = fault_calloc(count, sizeof *pieces);
    if (count && !pieces)
        return winsock_return_bool(STATUS_INSUFFICIENT_RESOURCES);
    for (DWORD index = 0; index < count && status == STATUS_SUCCESS; index++) {
        status = packets__piece(&elements[index], &pieces[used]);
        /* Memory of no length at no address would look like a file. */
        used += pieces[used].data || elements[index].dwElFlags & TP_ELEMENT_FILE;
    }
    const struct net_transmission wanted = {.pieces = pieces,
                                            .count = used,
                                            .flags = (flags & (TF_DISCONNECT | TF_REUSE_SOCKET)) |
                                                     NET_TRANSMIT_DATAGRAMS,
                                            .datagram = send_size};
    if (status == STATUS_SUCCESS)
        status = transmit__call(handle, &wanted, overlapped);
    free(pieces);
    return winsock_return_bool(status);
}
