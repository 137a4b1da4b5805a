# SPDX-License-Identifier: MIT
#
# iocp_warnings(target): the warnings every file of ours must be clean under.

function(iocp_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wvla
        $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)
    if(IOCP_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
endfunction()
