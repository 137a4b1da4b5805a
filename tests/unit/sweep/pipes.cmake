# SPDX-License-Identifier: MIT
#
# The sweep starts hundreds of processes.
set_tests_properties(${test} PROPERTIES TIMEOUT 600)
foreach(engine IN ITEMS epoll uring)
    iocp_test(${test}.${engine} ${engine} $<TARGET_FILE:${program}>)
    set_tests_properties(${test}.${engine} PROPERTIES LABELS "unit;${engine}" TIMEOUT 600)
endforeach()
