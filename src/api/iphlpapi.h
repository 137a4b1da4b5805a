/* SPDX-License-Identifier: MIT
 *
 * What the files that tell of adapters share.
 */
#ifndef API_IPHLPAPI_H
#define API_IPHLPAPI_H

#include "net/adapter.h"

#include <ipifcons.h>

IFTYPE iphlpapi_type(enum net_adapter_kind kind);

#endif
