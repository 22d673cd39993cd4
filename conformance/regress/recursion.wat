;; A recursion with a long tail behind its call: what stands behind the call is paid when it is reached, and tested, so
;; the tail of many frames cannot run on credit.
(module
  (func $deep (export "deep") (param i32) (result i32)
    local.get 0
    if
      local.get 0
      i32.const 1
      i32.sub
      call $deep
      local.set 0
    end
    local.get 0
    i32.const 3
    i32.mul
    i32.const 5
    i32.add))
;; expect lockstep-1: deep(10) => [i32:442865], gas 380
;; expect lockstep-1 limit 500: deep(10) => [i32:442865], gas 380
;; expect lockstep-1: deep(4294967295) => trap stack_overflow, gas 1703936
;; expect cosmwasm-3.0.8: deep(10) => [i32:442865], gas 79810
