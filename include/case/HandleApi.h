/* SPDX-License-Identifier: MIT */
#include <handleapi.h>
