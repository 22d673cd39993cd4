;; A function without operators still costs at every call, or a loop of calls would be nearly free.
(module
  (func $empty (export "empty"))
  (func (export "hundred") (local i32)
    loop
      call $empty
      local.get 0
      i32.const 1
      i32.add
      local.tee 0
      i32.const 100
      i32.lt_u
      br_if 0
    end))
;; expect lockstep-1: empty() => [], gas 9
;; expect lockstep-1: hundred() => [], gas 3012
;; expect cosmwasm-3.0.8: empty() => [], gas 1610
;; expect cosmwasm-3.0.8: hundred() => [], gas 556830
