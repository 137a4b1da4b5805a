/* SPDX-License-Identifier: MIT */
#include <nldef.h>
