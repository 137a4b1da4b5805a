/* SPDX-License-Identifier: MIT
 *
 * Who asks a UDP echo server, the same for all servers, in a process of its own; and the server one
 * writes with the system's calls. */
#ifndef BENCH_UDP_RAW_H
#define BENCH_UDP_RAW_H

enum {
    UDP_BYTES = 64, /* of a datagram; one of another size is the end of a game */
    UDP_END_BYTES = 1,
    UDP_IN_FLIGHT = 32,
};

/* Starts the process that asks. Call it before the library is first used. */
void udp_client_start(long datagrams);
void udp_client_stop(void);

/* Lets it send all its datagrams to this port of 127.0.0.1, with UDP_IN_FLIGHT under way, and check
 * the answers; at last it sends the end. */
void udp_client_go(int port);

/* Waits until it is through; exits with a message when an answer was wrong or did not come. */
void udp_client_await(void);

/* An echo server with epoll on a port of its own, until the end; calls udp_client_go. */
void udp_raw_serve(void);

#endif
