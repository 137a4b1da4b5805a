/* SPDX-License-Identifier: MIT */
#include <iptypes.h>
