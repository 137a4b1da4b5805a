/* SPDX-License-Identifier: MIT
 *
 * Once getaddrinfo for Windows 2000; programs include it and mean ws2tcpip.h.
 */
#ifndef _WSPIAPI_H_
#define _WSPIAPI_H_

#include "ws2tcpip.h"

#endif
