# SPDX-License-Identifier: MIT
#
# What is pending, and where, is the engine's: run on both.
set_tests_properties(${test} PROPERTIES TIMEOUT 200)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" TIMEOUT 200)
