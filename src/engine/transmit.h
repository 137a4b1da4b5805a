/* SPDX-License-Identifier: MIT
 *
 * What an ENGINE_TRANSMIT sends: pieces of memory and of files, in order, and perhaps the end of
 * the stream behind them; or, where the first is of that kind, datagrams that are made of them. The
 * request's `data` points to the pieces, `count` says how many, and `length` is the sum of their
 * lengths.
 */
#ifndef ENGINE_TRANSMIT_H
#define ENGINE_TRANSMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum engine_piece_kind {
    ENGINE_PIECE_MEMORY, /* length bytes at data */
    ENGINE_PIECE_FILE,   /* length bytes of descriptor from offset on */
    ENGINE_PIECE_END,    /* no bytes: the outgoing direction is shut down; the last one */
    ENGINE_PIECE_GATHER  /* no bytes: what follows goes out as datagrams of `offset` bytes each at
                            most; the first one. `data`: memory for as many struct iovec as
                            there are pieces and a datagram */
};

struct engine_piece {
    uint8_t kind;
    bool ends; /* a datagram ends behind it */
    int descriptor;
    char *data;
    int64_t offset;
    size_t length;
};

#endif
