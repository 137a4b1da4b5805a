# SPDX-License-Identifier: MIT
#
# Turns IOCP_SANITIZE into flags for everything that is compiled after this file was included.

if(IOCP_SANITIZE)
    add_compile_options(-fsanitize=${IOCP_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${IOCP_SANITIZE})
    if(IOCP_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
endif()
