/* SPDX-License-Identifier: MIT */
#include <basetsd.h>
