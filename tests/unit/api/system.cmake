# SPDX-License-Identifier: MIT
#
# GetProcAddress looks among the exported symbols of the program that holds the library.
target_link_options(${program} PRIVATE -rdynamic)
