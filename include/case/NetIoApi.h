/* SPDX-License-Identifier: MIT */
#include <netioapi.h>
