/* SPDX-License-Identifier: MIT */
#include <pshpack4.h>
