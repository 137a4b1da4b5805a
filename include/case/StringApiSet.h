/* SPDX-License-Identifier: MIT */
#include <stringapiset.h>
