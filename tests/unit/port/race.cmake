# SPDX-License-Identifier: MIT
#
# Who polls, and how it is woken, is the engine's: run on both.
set_tests_properties(${test} PROPERTIES TIMEOUT 400)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" TIMEOUT 400)
