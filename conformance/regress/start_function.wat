;; A start function pays like any other; segments are initialised before it.
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (data (i32.const 0) "\2a")
  (global $g (mut i32) (i32.const 0))
  (func $start
    i32.const 0
    i32.load8_u
    global.set $g
    global.get $g
    call $log)
  (start $start)
  (func (export "get") (result i32)
    global.get $g))
;; expect lockstep-1: start => [], gas 30, env.log[i32:42] at 29
;; expect lockstep-1: get() => [i32:42], gas 12
;; expect lockstep-1 limit 20: start => trap out_of_gas, gas 20
;; expect lockstep-1 limit 20: get() => skipped
;; expect cosmwasm-3.0.8: start => [], gas 3680, env.log[i32:42] at 2070
