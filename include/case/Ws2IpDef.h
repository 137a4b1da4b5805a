/* SPDX-License-Identifier: MIT */
#include <ws2ipdef.h>
