/* SPDX-License-Identifier: MIT
 *
 * What this library says of network interfaces is in iphlpapi.h and ifdef.h, which programs reach
 * through this header as well.
 */
#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#include "ifdef.h"

#define NDIS_IF_MAX_STRING_SIZE IF_MAX_STRING_SIZE

#endif
