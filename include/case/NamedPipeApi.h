/* SPDX-License-Identifier: MIT */
#include <namedpipeapi.h>
