/* SPDX-License-Identifier: MIT */
#include <pshpack1.h>
