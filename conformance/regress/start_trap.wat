;; A segment out of bounds ends the instantiation before the start function runs.
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (data (i32.const 65535) "ab")
  (func $start
    i32.const 1
    call $log)
  (start $start))
;; expect lockstep-1: start => trap memory_out_of_bounds, gas 0
;; expect cosmwasm-3.0.8: start => trap memory_out_of_bounds, gas 0
