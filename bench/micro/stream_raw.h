/* SPDX-License-Identifier: MIT
 *
 * The other end of a stream, the same for all senders, in a process of its own; and the sender one
 * writes with the system's calls. */
#ifndef BENCH_STREAM_RAW_H
#define BENCH_STREAM_RAW_H

#include <stddef.h>
#include <stdint.h>

/* Starts the process that receives: it takes one connection after the other on 127.0.0.1, reads
 * each to its end, checks the length, and then says so. Returns its port. Call it before the
 * library is first used. */
int stream_receiver_start(uint64_t expected);

/* Waits until the receiver has read all of the stream; exits with a message when it has not. */
void stream_receiver_await(void);

void stream_receiver_stop(void);

/* Connects, sends `total` bytes in pieces by a blocking send, closes. */
void stream_raw_send(int port, const char *piece, size_t piece_size, uint64_t total);

/* The same with a non-blocking socket and epoll, as a server with other connections does it. */
void stream_epoll_send(int port, const char *piece, size_t piece_size, uint64_t total);

#endif
