/* SPDX-License-Identifier: MIT
 *
 * The extension functions, for the table through which programs obtain them. Those that are
 * exported as well are declared in the public headers.
 */
#ifndef API_MSWSOCK_H
#define API_MSWSOCK_H

#include "api/winsock.h"

#include <mswsock.h>

int PASCAL mswsock_receive_message(SOCKET handle, LPWSAMSG message, LPDWORD received,
                                   LPWSAOVERLAPPED overlapped,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

BOOL PASCAL mswsock_transmit_packets(SOCKET handle, LPTRANSMIT_PACKETS_ELEMENT elements,
                                     DWORD count, DWORD send_size, LPOVERLAPPED overlapped,
                                     DWORD flags);

/* Registered I/O's functions; false if the name is another's. */
bool mswsock_registered_table(const GUID *id, RIO_EXTENSION_FUNCTION_TABLE *table);

/* The function of this name, or NULL. */
void *mswsock_extension(const GUID *id);

#endif
