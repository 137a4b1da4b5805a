# SPDX-License-Identifier: MIT
#
# On both engines.
foreach(engine IN ITEMS epoll uring)
    iocp_test(${test}.${engine} ${engine} $<TARGET_FILE:${program}>)
    set_tests_properties(${test}.${engine} PROPERTIES LABELS "unit;${engine}")
endforeach()
