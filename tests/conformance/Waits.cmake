# SPDX-License-Identifier: MIT
#
# Only the library's own accounting shall count here, not what the watcher notices.
if(NOT WIN32)
    set_property(TEST conformance.Waits.epoll conformance.Waits.uring
                 APPEND PROPERTY ENVIRONMENT "IOCP_WATCH=off")
    set_tests_properties(conformance.Waits.epoll conformance.Waits.uring PROPERTIES TIMEOUT 240)
endif()
