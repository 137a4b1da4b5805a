/* SPDX-License-Identifier: MIT
 *
 * The table behind the stream: one period, and as much again as a piece can be long. */
#include "stream.h"

static unsigned char stream_table[STREAM_PERIOD + STREAM_PIECE_MAX];

void stream_init(void)
{
    uint32_t state = 2463534242u;
    for (size_t i = 0; i < sizeof(stream_table); i++) {
        if (i >= STREAM_PERIOD) {
            stream_table[i] = stream_table[i - STREAM_PERIOD];
            continue;
        }
        /* xorshift: any sequence without short repeats would do */
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        stream_table[i] = (unsigned char)(state >> 11);
    }
}

const unsigned char *stream_at(uint32_t place)
{
    return stream_table + place;
}
