/* SPDX-License-Identifier: MIT
 *
 * libuv: one loop, one read buffer for all, an answer tried at once and queued for the rest. */
#define _GNU_SOURCE
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { BUFFER_SIZE = 65536 };

struct answer {
    uv_write_t request;
    char bytes[];
};

static char read_buffer[BUFFER_SIZE];

static void on_close(uv_handle_t *handle)
{
    free(handle);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(read_buffer, sizeof(read_buffer));
}

static void stop(uv_stream_t *stream)
{
    if (!uv_is_closing((uv_handle_t *)stream))
        uv_close((uv_handle_t *)stream, on_close);
}

static void on_written(uv_write_t *request, int status)
{
    if (status < 0)
        stop(request->handle);
    free(request);
}

static void answer(uv_stream_t *stream, const char *bytes, size_t size)
{
    uv_buf_t buffer = uv_buf_init((char *)bytes, (unsigned)size);
    int written = uv_try_write(stream, &buffer, 1);
    if (written < 0 && written != UV_EAGAIN) {
        stop(stream);
        return;
    }
    size_t rest = size - (size_t)(written < 0 ? 0 : written);
    if (!rest)
        return;
    struct answer *later = malloc(sizeof(*later) + rest);
    if (!later) {
        stop(stream);
        return;
    }
    memcpy(later->bytes, bytes + size - rest, rest);
    buffer = uv_buf_init(later->bytes, (unsigned)rest);
    if (uv_write(&later->request, stream, &buffer, 1, on_written)) {
        free(later);
        stop(stream);
    }
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    if (size < 0)
        stop(stream);
    if (size <= 0)
        return;
    server_handle();
    answer(stream, buffer->base, (size_t)size);
}

/* Without a descriptor to spare libuv accepts and closes by itself (it keeps one for that), so a
 * failed accept needs nothing from us. */
static void on_connection(uv_stream_t *server, int status)
{
    if (status < 0)
        return;
    uv_tcp_t *connection = malloc(sizeof(*connection));
    if (!connection)
        return;
    uv_tcp_init(server->loop, connection);
    if (uv_accept(server, (uv_stream_t *)connection)) {
        uv_close((uv_handle_t *)connection, on_close);
        return;
    }
    uv_tcp_nodelay(connection, 1);
    uv_read_start((uv_stream_t *)connection, on_allocate, on_read);
}

int main(int argc, char **argv)
{
    server_parse(argc, argv, 1);
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t server;
    struct sockaddr_in address;
    uv_tcp_init(loop, &server);
    uv_ip4_addr("127.0.0.1", server_options.port, &address);
    int error = uv_tcp_bind(&server, (const struct sockaddr *)&address, 0);
    if (!error)
        error = uv_listen((uv_stream_t *)&server, 4096, on_connection);
    if (error) {
        fprintf(stderr, "listen: %s\n", uv_strerror(error));
        return 1;
    }
    server_ready();
    return uv_run(loop, UV_RUN_DEFAULT);
}
