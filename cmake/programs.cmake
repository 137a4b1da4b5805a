# SPDX-License-Identifier: MIT
#
# How programs that use the library are made: the same source for Linux (linked with libiocp) and
# Windows (linked with the system's own libraries).

# iocp_program(name file...): a program as a user of the library would build it.
function(iocp_program name)
    add_executable(${name} ${ARGN})
    iocp_warnings(${name})
    if(WIN32)
        target_compile_definitions(${name} PRIVATE _WIN32_WINNT=0x0A00)
        target_link_libraries(${name} PRIVATE mswsock ws2_32 iphlpapi synchronization ntdll bcrypt
                                              winmm)
        target_link_options(${name} PRIVATE -static)
    else()
        target_link_libraries(${name} PRIVATE iocp::iocp Threads::Threads)
    endif()
endfunction()

# iocp_add_tools(directory): every directory below it is one tool. A tool with a CMakeLists.txt
# builds itself; one without is a program of all its C files, linked with the C library only.
function(iocp_add_tools directory)
    if(EXISTS ${directory}/CMakeLists.txt)
        add_subdirectory(${directory})
        return()
    endif()
    file(GLOB tools CONFIGURE_DEPENDS ${directory}/*)
    foreach(tool IN LISTS tools)
        if(NOT IS_DIRECTORY ${tool})
            continue()
        endif()
        get_filename_component(name ${tool} NAME)
        file(GLOB sources CONFIGURE_DEPENDS ${tool}/*.c)
        if(EXISTS ${tool}/CMakeLists.txt)
            add_subdirectory(${tool})
        elseif(sources)
            add_executable(${name} ${sources})
            iocp_warnings(${name})
            target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
            target_link_libraries(${name} PRIVATE Threads::Threads m)
            set_target_properties(${name} PROPERTIES
                RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tools/${name})
            install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
        endif()
    endforeach()
endfunction()
