;; Tail calls whose callee has more parameters than the caller, or fewer, or the same in another order; through a table; to
;; the host; a million of them need no stack (the window is reused: an argument must not be overwritten before it is read).
(module
  (import "env" "host" (func $host (param i32 i64) (result i64)))
  (type $many (func (param i32 i64 i32 i64 i32 i64 i32 i64 i32 i64) (result i64)))
  (table 1 funcref)
  (elem (i32.const 0) $many)
  (func $many (type $many)
    (i64.add (i64.mul (local.get 9) (i64.const 100)) (i64.add (i64.extend_i32_u (local.get 0)) (i64.extend_i32_u (local.get 8)))))
  (func (export "more") (param i32) (result i64)
    (local i64) (local.set 1 (i64.const 9))
    (return_call $many (i32.const -1) (i64.const 2) (i32.const 3) (i64.const 4) (i32.const 5) (i64.const 6)
      (i32.const 7) (i64.const 8) (local.get 0) (local.get 1)))
  (func (export "more_table") (param i32) (result i64)
    (return_call_indirect (type $many) (i32.const -1) (i64.const 2) (i32.const 3) (i64.const 4) (i32.const 5) (i64.const 6)
      (i32.const 7) (i64.const 8) (local.get 0) (i64.const 9) (i32.const 0)))
  (func $fewer (param i64) (result i64) (local i64 i64) (i64.add (local.get 0) (i64.add (local.get 1) (local.get 2))))
  (func (export "fewer") (param i64 i64 i64) (result i64) (return_call $fewer (local.get 2)))
  (func $turn (export "turn") (param i32 i64 i64 i64) (result i64)
    (if (i32.eqz (local.get 0)) (then (return (i64.add (local.get 1) (i64.mul (i64.const 10) (local.get 2))))))
    (return_call $turn (i32.sub (local.get 0) (i32.const 1)) (local.get 2) (local.get 3) (local.get 1)))
  (func $wide (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (if (i32.eqz (local.get 11)) (then (return (i32.add (local.get 0) (i32.mul (local.get 10) (i32.const 1000))))))
    (return_call $wide (local.get 10) (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (local.get 6) (local.get 7) (local.get 8) (local.get 9) (i32.sub (local.get 11) (i32.const 1))))
  (func (export "wide") (param i32) (result i32)
    (return_call $wide (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6)
      (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10) (local.get 0)))
  (func (export "below") (param i64) (result i64)
    (i64.const 7) (i64.add (call $inner (local.get 0))))
  (func $inner (param i64) (result i64) (return_call $many (i32.const 1) (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (local.get 0) (i32.const 0) (local.get 0) (i32.const 2) (local.get 0)))
  (func (export "to_host") (param i64 i64 i64) (result i64) (return_call $host (i32.wrap_i64 (local.get 2)) (local.get 0)))
  (func $even (param i32) (result i32) (if (i32.eqz (local.get 0)) (then (return (i32.const 44)))) (return_call $odd (i64.const 3) (i32.sub (local.get 0) (i32.const 1))))
  (func $odd (param i64 i32) (result i32) (if (i32.eqz (local.get 1)) (then (return (i32.const 99)))) (return_call $even (i32.sub (local.get 1) (i32.const 1))))
  (func (export "even") (param i32) (result i32) (return_call $even (local.get 0))))
;; expect lockstep-1: more(6) => [i64:4294968201], gas 54
;; expect lockstep-1: more_table(6) => [i64:4294968201], gas 58
;; expect lockstep-1: fewer(1, 2, 3) => [i64:3], gas 37
;; expect lockstep-1: turn(0, 1, 2, 3) => [i64:21], gas 24
;; expect lockstep-1: turn(1, 1, 2, 3) => [i64:32], gas 55
;; expect lockstep-1: turn(2, 1, 2, 3) => [i64:13], gas 86
;; expect lockstep-1: turn(300000, 1, 2, 3) => [i64:21], gas 9300024
;; expect lockstep-1: wide(0) => [i32:10000], gas 54
;; expect lockstep-1: wide(1) => [i32:9010], gas 93
;; expect lockstep-1: wide(11) => [i32:10000], gas 483
;; expect lockstep-1: wide(100000) => [i32:1], gas 3900054
;; expect lockstep-1: below(5) => [i64:510], gas 74
;; expect lockstep-1: to_host(1, 2, 3) => [i64:0], gas 22, env.host[i32:3 i64:1] at 22
;; expect lockstep-1: even(1000000) => [i32:44], gas 28500037
;; expect lockstep-1: even(1000001) => [i32:99], gas 28500066
