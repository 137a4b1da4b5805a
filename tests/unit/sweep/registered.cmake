# SPDX-License-Identifier: MIT
#
# The sweep starts hundreds of processes; and it is run on both engines.
set_tests_properties(${test} PROPERTIES TIMEOUT 600)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" TIMEOUT 600)
