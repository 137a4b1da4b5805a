# SPDX-License-Identifier: MIT
#
# Files have a third way beside the engines' own: sockets on epoll, files on a ring.
if(NOT WIN32)
    iocp_test(conformance.Files.auto none run_on none $<TARGET_FILE:${program}>)
    set_tests_properties(conformance.Files.auto PROPERTIES LABELS "conformance")
endif()
