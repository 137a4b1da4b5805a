/* SPDX-License-Identifier: MIT */
#include <share.h>
