# SPDX-License-Identifier: MIT
#
# On every engine, whatever the environment says.
set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT "IOCP_ENGINE=epoll")
foreach(engine IN ITEMS uring)
    iocp_test(${test}.${engine} ${engine} $<TARGET_FILE:${program}>)
    set_tests_properties(${test}.${engine} PROPERTIES LABELS "unit;${engine}")
endforeach()
