/* SPDX-License-Identifier: MIT
 *
 * Which sanitizers a test was built with: 0 or 1 each, for what cannot be checked under one.
 */
#ifndef IOCP_TESTS_UNIT_SANITIZERS_H
#define IOCP_TESTS_UNIT_SANITIZERS_H

#ifdef __has_feature /* clang's way to tell */
#if __has_feature(thread_sanitizer)
#define UNDER_THREAD_SANITIZER 1
#endif
#if __has_feature(address_sanitizer)
#define UNDER_ADDRESS_SANITIZER 1
#endif
#endif

#ifndef UNDER_THREAD_SANITIZER
#ifdef __SANITIZE_THREAD__
#define UNDER_THREAD_SANITIZER 1
#else
#define UNDER_THREAD_SANITIZER 0
#endif
#endif

#ifndef UNDER_ADDRESS_SANITIZER
#ifdef __SANITIZE_ADDRESS__
#define UNDER_ADDRESS_SANITIZER 1
#else
#define UNDER_ADDRESS_SANITIZER 0
#endif
#endif

#endif
