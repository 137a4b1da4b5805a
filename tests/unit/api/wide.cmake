# SPDX-License-Identifier: MIT
#
# A program whose L"..." is Windows text.
target_compile_options(${program} PRIVATE -fshort-wchar)
