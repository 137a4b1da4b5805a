/* SPDX-License-Identifier: MIT
 *
 * What an ENGINE_TRANSMIT sends: pieces of memory and of files, in order, and perhaps the end of
 * the stream behind them. The request's `data` points to the pieces, `count` says how many, and
 * `length` is the sum of their lengths.
 */
#ifndef ENGINE_TRANSMIT_H
#define ENGINE_TRANSMIT_H

#include <stddef.h>
#include <stdint.h>

enum engine_piece_kind {
    ENGINE_PIECE_MEMORY, /* length bytes at data */
    ENGINE_PIECE_FILE,   /* length bytes of descriptor from offset on */
    ENGINE_PIECE_END     /* no bytes: the outgoing direction is shut down; the last one */
};

struct engine_piece {
    uint8_t kind;
    int descriptor;
    const char *data;
    int64_t offset;
    size_t length;
};

#endif
