# SPDX-License-Identifier: MIT
#
# Who polls, and how it is woken, is the engine's: run on both.
set_tests_properties(${test} PROPERTIES TIMEOUT 400)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" TIMEOUT 400)
# Inside the thread sanitizer threads wait for each other, and are rightly taken for blocked.
if(IOCP_SANITIZE MATCHES "thread")
    set_property(TEST ${test} ${test}.uring APPEND PROPERTY ENVIRONMENT "IOCP_WATCH=off")
endif()
