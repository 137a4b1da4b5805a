/* SPDX-License-Identifier: MIT */
#include <memoryapi.h>
