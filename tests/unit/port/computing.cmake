# SPDX-License-Identifier: MIT
#
# Who puts a completion into the queue is the engine's: run on both.
set_tests_properties(${test} PROPERTIES TIMEOUT 120 RUN_SERIAL TRUE)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" TIMEOUT 120 RUN_SERIAL TRUE)
