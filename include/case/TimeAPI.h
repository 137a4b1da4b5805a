/* SPDX-License-Identifier: MIT */
#include <timeapi.h>
