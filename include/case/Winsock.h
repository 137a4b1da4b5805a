/* SPDX-License-Identifier: MIT */
#include <winsock.h>
