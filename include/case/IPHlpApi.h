/* SPDX-License-Identifier: MIT */
#include <iphlpapi.h>
