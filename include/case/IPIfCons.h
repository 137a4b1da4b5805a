/* SPDX-License-Identifier: MIT */
#include <ipifcons.h>
