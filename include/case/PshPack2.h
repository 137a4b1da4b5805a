/* SPDX-License-Identifier: MIT */
#include <pshpack2.h>
