# SPDX-License-Identifier: MIT
#
# The thread sanitizer goes through all the bytes that are sent, which takes it 15 to 60 seconds.
set_tests_properties(${test} PROPERTIES TIMEOUT 240)
