/* SPDX-License-Identifier: MIT
 *
 * The system's sockets that AcceptEx has left over. An accept socket needs one of its own until its
 * connection comes, since its number is a descriptor's; then the connection takes its place. It is
 * as new then, and making and destroying one costs as much as a third of a short connection. So it
 * is kept for the next socket that the program makes, which mostly is an accept socket again.
 *
 * What the library does with a socket shows in its flags (SOCKET_UNSEEN), and one that was touched
 * is not kept. What a program does by the system's own calls does not show. So a spare one serves
 * as an accept socket only: the first call of another kind puts a new one in its place
 * (socket_touch). There is nothing to be seen of an earlier use unless both uses are by the
 * system's calls alone.
 */
#ifndef NET_SPARE_H
#define NET_SPARE_H

#include <stdbool.h>

/* Whether one of this family (Linux') and type may be kept and had. */
bool spare_serves(int family, int type);

/* Keeps the descriptor, or closes it. It is in passing (base/passing.h): its number is taken out of
 * use here. */
void spare_keep(int family, int descriptor);

/* One that is as new as far as the library can tell; -1: there is none. Its number stays out of use
 * until a socket is filed there or handle_close. */
int spare_take(int family);

/* Closes them all: a listening socket is gone. */
void spare_drop(void);

#endif
