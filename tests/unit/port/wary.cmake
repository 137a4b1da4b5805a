# SPDX-License-Identifier: MIT
#
# Who polls, and how it is woken, is the engine's: run on both. Alone, since it needs processors.
set_tests_properties(${test} PROPERTIES RUN_SERIAL ON)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" RUN_SERIAL ON)
