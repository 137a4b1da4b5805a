/* SPDX-License-Identifier: MIT */
#include <ifdef.h>
