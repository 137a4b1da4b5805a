/* SPDX-License-Identifier: MIT
 *
 * Winsock 1.1: a part of winsock2.h, which it is read as.
 */
#ifndef _WINSOCKAPI_
#include "winsock2.h"
#endif
