/* SPDX-License-Identifier: MIT
 *
 * libevent: bufferevents, what came in moved to what goes out without a copy. */
#define _GNU_SOURCE
#include "server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stddef.h>

enum { OUTPUT_MAX = 1 << 20 };

static void on_read(struct bufferevent *connection, void *context)
{
    (void)context;
    server_handle();
    bufferevent_write_buffer(connection, bufferevent_get_input(connection));
    /* A client that only sends must not fill our memory. */
    if (evbuffer_get_length(bufferevent_get_output(connection)) > OUTPUT_MAX)
        bufferevent_disable(connection, EV_READ);
}

static void on_written(struct bufferevent *connection, void *context)
{
    (void)context;
    if (!(bufferevent_get_enabled(connection) & EV_READ))
        bufferevent_enable(connection, EV_READ);
}

static void on_event(struct bufferevent *connection, short what, void *context)
{
    (void)context;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
        bufferevent_free(connection);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer,
                      int peer_size, void *context)
{
    (void)peer;
    (void)peer_size;
    (void)context;
    struct event_base *base = evconnlistener_get_base(listener);
    server_no_delay(fd);
    struct bufferevent *connection = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!connection) {
        evutil_closesocket(fd);
        return;
    }
    bufferevent_setcb(connection, on_read, on_written, on_event, NULL);
    bufferevent_enable(connection, EV_READ | EV_WRITE);
}

static void on_retry(evutil_socket_t fd, short what, void *listener)
{
    (void)fd;
    (void)what;
    evconnlistener_enable(listener);
}

/* Out of descriptors: a pause, or the level-triggered listener would spin. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
    struct timeval pause = {.tv_usec = 10000};
    (void)context;
    evconnlistener_disable(listener);
    event_base_once(evconnlistener_get_base(listener), -1, EV_TIMEOUT, on_retry, listener, &pause);
}

int main(int argc, char **argv)
{
    server_parse(argc, argv, 1);
    struct event_base *base = event_base_new();
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((unsigned short)server_options.port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (!base)
        server_die("event_base_new");
    struct evconnlistener *listener =
        evconnlistener_new_bind(base, on_accept, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE,
                                4096, (struct sockaddr *)&address, sizeof(address));
    if (!listener)
        server_die("listen");
    evconnlistener_set_error_cb(listener, on_accept_error);
    server_ready();
    return event_base_dispatch(base) < 0;
}
