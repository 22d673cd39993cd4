;; Releases before 1.5.8, 2.0.7 and 2.1.4 did not count `if` as accounting: an `if` that is not taken was free, with all
;; that stood ahead of it (CWA-2024-007).
(module
  (func (export "run") (param i32)
    local.get 0
    if
      nop
    end))
;; expect cosmwasm-1.5.7: run(0) => [], gas 1610000
;; expect cosmwasm-1.5.7: run(1) => [], gas 3565000
;; expect cosmwasm-1.5.8: run(0) => [], gas 3335000
;; expect cosmwasm-1.5.8: run(1) => [], gas 5060000
;; expect lockstep-1: run(0) => [], gas 13
;; expect lockstep-1: run(1) => [], gas 15
