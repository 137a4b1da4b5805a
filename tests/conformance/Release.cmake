# SPDX-License-Identifier: MIT
#
# Threads that spin on one variable wait for each other inside the thread sanitizer, and whoever
# waits is rightly taken for blocked (SCHED-19). What these tests count are other waits; the
# one about calls of other libraries says that it is left out.
if(IOCP_SANITIZE MATCHES "thread")
    set_property(TEST conformance.Release.epoll conformance.Release.uring
                 APPEND PROPERTY ENVIRONMENT "IOCP_WATCH=off")
endif()
