# SPDX-License-Identifier: MIT
#
# Programs whose L"..." is Windows text; there it always is.
target_compile_options(${program} PRIVATE -fshort-wchar)
