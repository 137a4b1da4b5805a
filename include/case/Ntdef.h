/* SPDX-License-Identifier: MIT */
#include <ntdef.h>
