/* SPDX-License-Identifier: MIT
 *
 * The bytes that are sent. Each connection sends an endless stream whose byte at a position
 * depends on the position and on the connection, so an answer that is shifted, repeated, cut or
 * taken from another connection is seen. The stream repeats after a prime number of bytes, which
 * no buffer of a server is a multiple of. */
#ifndef IOCP_LOAD_STREAM_H
#define IOCP_LOAD_STREAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    STREAM_PERIOD = 65521,
    STREAM_PIECE_MAX = 65536, /* at most so many bytes can be had in one piece */
};

void stream_init(void);

/* Where in the period connection number `index` starts. */
static inline uint32_t stream_start(unsigned index)
{
    return (uint32_t)((index * UINT64_C(7919)) % STREAM_PERIOD);
}

static inline uint32_t stream_advance(uint32_t place, size_t bytes)
{
    return (uint32_t)((place + bytes) % STREAM_PERIOD);
}

/* STREAM_PIECE_MAX bytes from this place on. */
const unsigned char *stream_at(uint32_t place);

#endif
