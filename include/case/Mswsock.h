/* SPDX-License-Identifier: MIT */
#include <mswsock.h>
