# SPDX-License-Identifier: MIT
#
# Included by the tests of engines beside it. They have run on epoll themselves. The others; the
# fake with some seeds.
foreach(engine IN ITEMS uring fake)
    iocp_test(unit.engine_${name}.${engine} none
              $<TARGET_FILE:run_on> ${engine} $<TARGET_FILE:${program}> ${engine})
    set_tests_properties(unit.engine_${name}.${engine} PROPERTIES LABELS "unit;${engine}")
endforeach()
iocp_test(unit.engine_${name}.uring.plain none
          $<TARGET_FILE:run_on> uring $<TARGET_FILE:${program}> uring plain)
set_tests_properties(unit.engine_${name}.uring.plain PROPERTIES LABELS "unit;uring")
iocp_test(unit.engine_${name}.uring.nudged none
          $<TARGET_FILE:run_on> uring $<TARGET_FILE:${program}> uring nudged)
set_tests_properties(unit.engine_${name}.uring.nudged PROPERTIES LABELS "unit;uring")
foreach(seed IN ITEMS 2 3 4)
    iocp_test(unit.engine_${name}.fake.${seed} none
              $<TARGET_FILE:run_on> fake $<TARGET_FILE:${program}> fake)
    set_property(TEST unit.engine_${name}.fake.${seed} APPEND PROPERTY ENVIRONMENT
                 "IOCP_FAKE_SEED=${seed}")
    set_tests_properties(unit.engine_${name}.fake.${seed} PROPERTIES LABELS "unit;fake")
endforeach()
