# SPDX-License-Identifier: MIT
#
# Who wakes the thread is the engine's: run on both. Alone: it needs its processor.
set_tests_properties(${test} PROPERTIES RUN_SERIAL TRUE)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" RUN_SERIAL TRUE)
