/* SPDX-License-Identifier: MIT
 *
 * Socket addresses, families, types and protocols, from Windows' numbers to Linux' and back. The
 * layouts of sockaddr_in, sockaddr_in6 and sockaddr_un agree; only the family of IPv6 (23, not 10)
 * and what a call says about lengths differ. No state, no locks.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "status/status.h"

#include <sys/socket.h>

/* Families as Windows numbers them. */
#define ADDRESS_FAMILY_UNSPECIFIED 0
#define ADDRESS_FAMILY_LOCAL 1
#define ADDRESS_FAMILY_IPV4 2
#define ADDRESS_FAMILY_IPV6 23

/* Lengths as Windows counts them. */
#define ADDRESS_LENGTH_IPV4 16
#define ADDRESS_LENGTH_IPV6 28
#define ADDRESS_LENGTH_LOCAL 110

/* -1 for a family that is not known. */
int address_family_to_linux(int family);
int address_family_to_windows(int family);

/* A program's address for the kernel. NULL, not there or too short for its family: 10014
 * (WSAEFAULT); a family that is not supported: 10047. */
NTSTATUS address_to_linux(const void *address, int length, struct sockaddr_storage *to,
                          socklen_t *to_length);

/* Whether anybody can be there: not at a wildcard address, nor at port 0 (CONN-13). */
bool address_is_reachable(const struct sockaddr_storage *address);

/* A kernel's address for the program: *length is the room in `to` and becomes the length. Too
 * little room: 10014, and nothing is written. */
NTSTATUS address_to_windows(const struct sockaddr_storage *address, socklen_t address_length,
                            void *to, int *length);

/* How many bytes Windows' form of the kernel's address has; 0 for an unknown family. */
int address_length(const struct sockaddr_storage *address);

/* The arguments of socket(), both ways the same but for the family. Zeros are completed as Windows
 * does (type from protocol, protocol from type). What cannot be: 10022, 10047, 10044, 10043. */
struct address_socket {
    int family;
    int type;
    int protocol;
};
NTSTATUS address_socket_to_linux(const struct address_socket *windows,
                                 struct address_socket *completed, int *linux_family);

#endif
