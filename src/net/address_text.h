/* SPDX-License-Identifier: MIT
 *
 * Addresses as text. Addresses are in Windows' form (net/address.h), families Windows' numbers.
 * No state.
 */
#ifndef NET_ADDRESS_TEXT_H
#define NET_ADDRESS_TEXT_H

#include "status/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "[", the longest IPv6 address, "%", a scope number, "]:", a port and the zero. */
#define ADDRESS_TEXT_LONGEST 72

/* "1.2.3.4:80", "[::1%2]:80"; without a port (and brackets) if it is 0. Too short an address:
 * 10014; another family: 10022. `text` has room for ADDRESS_TEXT_LONGEST. */
NTSTATUS address_to_text(const void *address, int length, char *text);

/* The way back; a port may be missing. *length is the room and becomes the length, also where it
 * was too small (10014). What is no address: 10022. */
NTSTATUS address_from_text(const char *text, int family, void *address, int *length);

/* inet_pton's and inet_ntop's work: the 4 or 16 bytes alone. False: not an address, or no room. The
 * family is one of the two. */
bool address_bytes_from_text(int family, const char *text, void *bytes);
bool address_bytes_to_text(int family, const void *bytes, char *text, size_t room);

/* inet_addr's: the four bytes as they lie in memory, UINT32_MAX if it is none. */
uint32_t address_ipv4_from_text(const char *text);

#endif
