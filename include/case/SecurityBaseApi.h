/* SPDX-License-Identifier: MIT */
#include <securitybaseapi.h>
