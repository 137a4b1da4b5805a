/* SPDX-License-Identifier: MIT */
#include <mstcpip.h>
