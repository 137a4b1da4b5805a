# SPDX-License-Identifier: MIT
#
# Alone, since it needs processors.
set_tests_properties(${test} PROPERTIES RUN_SERIAL ON)
