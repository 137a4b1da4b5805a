/* SPDX-License-Identifier: MIT
 *
 * Descriptors in passing: sockets that the library makes and closes again within one call (an
 * accepted connection on its way to the socket that AcceptEx was given). Their numbers look like
 * descriptors of the program's, and a call with a number that was closed a moment ago would adopt
 * one and write to somebody else's connection. So nobody adopts while one is about.
 */
#ifndef BASE_PASSING_H
#define BASE_PASSING_H

/* Around the making and closing of such a descriptor; by any number of threads at once. The thread
 * is not stopped meanwhile (base/shield.h). */
void passing_begin(void);
void passing_end(void);

/* Around an adoption: waits until no descriptor is in passing and lets none be made. */
void passing_stop(void);
void passing_go_on(void);

#endif
