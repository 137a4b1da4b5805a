# SPDX-License-Identifier: MIT
#
# Who polls, and how it is woken, is the engine's: run on both. The limit is exact without the
# watcher, so each goes a second time without it. Inside the thread sanitizer threads wait for each
# other, and are rightly taken for blocked: there only without.
set_tests_properties(${test} PROPERTIES TIMEOUT 400)
iocp_test(${test}.uring uring $<TARGET_FILE:${program}>)
set_tests_properties(${test}.uring PROPERTIES LABELS "unit;uring" TIMEOUT 400)
if(IOCP_SANITIZE MATCHES "thread")
    set_property(TEST ${test} ${test}.uring APPEND PROPERTY ENVIRONMENT "IOCP_WATCH=off")
else()
    iocp_test(${test}.exact none $<TARGET_FILE:run_on> none $<TARGET_FILE:${program}>)
    iocp_test(${test}.exact.uring uring $<TARGET_FILE:${program}>)
    set_tests_properties(${test}.exact ${test}.exact.uring PROPERTIES LABELS "unit" TIMEOUT 400)
    set_property(TEST ${test}.exact ${test}.exact.uring APPEND PROPERTY ENVIRONMENT
        "IOCP_WATCH=off")
endif()
