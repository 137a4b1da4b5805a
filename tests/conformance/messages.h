/* SPDX-License-Identifier: MIT
 *
 * What the tests of WSARecvMsg and WSASendMsg share: the functions, a message with its buffers, and
 * looking for a piece of control data.
 */
#ifndef IOCP_TESTS_MESSAGES_H
#define IOCP_TESTS_MESSAGES_H

#include "datagrams.h"

static LPFN_WSARECVMSG receive_message;
static LPFN_WSASENDMSG send_message;

static inline void find_functions(void)
{
    GUID receive = WSAID_WSARECVMSG, send = WSAID_WSASENDMSG;
    DWORD bytes = 0;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    REQUIRE(s != INVALID_SOCKET);
    int result = WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &receive, sizeof receive,
                          &receive_message, sizeof receive_message, &bytes, NULL, NULL);
    CHECK("EXT-4", result == 0 && receive_message, "WSARecvMsg");
    result = WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &send, sizeof send, &send_message,
                      sizeof send_message, &bytes, NULL, NULL);
    CHECK("EXT-4", result == 0 && send_message, "WSASendMsg");
    REQUIRE(receive_message && send_message);
    closesocket(s);
}

/* A message of one buffer; `control` is aligned as its header wants. */
struct message {
    WSAMSG msg;
    WSABUF buffer;
    SOCKADDR_STORAGE name;
    char data[64];
    union {
        WSACMSGHDR aligned;
        char bytes[256];
    } control;
};

static inline void message_clear(struct message *m)
{
    memset(m, 0, sizeof *m);
    m->buffer.buf = m->data;
    m->buffer.len = sizeof m->data;
    m->msg.lpBuffers = &m->buffer;
    m->msg.dwBufferCount = 1;
    m->msg.name = (LPSOCKADDR)&m->name;
    m->msg.namelen = sizeof m->name;
    m->msg.Control.buf = m->control.bytes;
    m->msg.Control.len = sizeof m->control.bytes;
}

/* Makes it one to be sent: text, to whom, no control data yet. */
static inline void message_fill(struct message *m, const char *text, const void *to, int length)
{
    message_clear(m);
    m->buffer.len = (ULONG)strlen(text);
    memcpy(m->data, text, m->buffer.len);
    m->msg.name = NULL;
    m->msg.namelen = 0;
    if (to) {
        memcpy(&m->name, to, (size_t)length);
        m->msg.name = (LPSOCKADDR)&m->name;
        m->msg.namelen = length;
    }
    m->msg.Control.len = 0;
}

static inline void message_add(struct message *m, int level, int type, const void *value,
                               size_t bytes)
{
    WSACMSGHDR *header = (WSACMSGHDR *)(void *)(m->control.bytes + m->msg.Control.len);
    memset(header, 0, WSA_CMSG_SPACE(bytes));
    header->cmsg_len = WSA_CMSG_LEN(bytes);
    header->cmsg_level = level;
    header->cmsg_type = type;
    memcpy(WSA_CMSG_DATA(header), value, bytes);
    m->msg.Control.len += (ULONG)WSA_CMSG_SPACE(bytes);
}

/* The data of the control header of this kind, or NULL. */
static inline void *message_find(struct message *m, int level, int type, size_t bytes)
{
    for (WSACMSGHDR *c = WSA_CMSG_FIRSTHDR(&m->msg); c; c = WSA_CMSG_NXTHDR(&m->msg, c))
        if (c->cmsg_level == level && c->cmsg_type == type && c->cmsg_len >= WSA_CMSG_LEN(bytes))
            return WSA_CMSG_DATA(c);
    return NULL;
}

/* 0, WSA_IO_PENDING or the error. */
static inline int message_take(SOCKET s, struct message *m, DWORD *bytes, OVERLAPPED *ov)
{
    return ERROR_OF(receive_message(s, &m->msg, bytes, ov, NULL));
}

static inline int message_send(SOCKET s, struct message *m, DWORD *bytes, OVERLAPPED *ov)
{
    return ERROR_OF(send_message(s, &m->msg, 0, bytes, ov, NULL));
}

static inline void option_on(SOCKET s, int level, int name)
{
    DWORD on = 1;
    REQUIRE(setsockopt(s, level, name, (char *)&on, sizeof on) == 0);
}

#endif
