/* SPDX-License-Identifier: MIT */
#include <pshpack8.h>
