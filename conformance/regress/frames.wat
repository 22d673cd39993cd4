;; The depth at which a recursion ends is the same on every tier, whatever its frames are made of: nothing, 200 locals, 40
;; parameters that are passed on, operands below the call, a call through a table, two functions in turn (stellar-core 5066,
;; nitro 4538, motoko 2713, wasmtime 8301: the native frame or its outgoing arguments decided). Gas tells the depth.
(module
  (type $down (func (param i32) (result i32)))
  (table 2 funcref)
  (elem (i32.const 0) $table)
  (global $depth (mut i32) (i32.const 0))
  (func $count (global.set $depth (i32.add (global.get $depth) (i32.const 1))))
  (func (export "depth") (result i32) (global.get $depth))
  (func $bare (export "bare") (call $count) (call $bare))
  (func $locals (export "locals") (param i32) (result i32)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (call $count)
    (local.set 200 (i64.extend_i32_u (local.get 0)))
    (call $locals (i32.add (local.get 0) (i32.const 1)))
    (i32.add (i32.wrap_i64 (local.get 200))))
  (func $params (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $count)
    (i32.add (local.get 39) (call $params (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6) (local.get 7) (local.get 8) (local.get 9) (local.get 10) (local.get 11) (local.get 12) (local.get 13) (local.get 14) (local.get 15) (local.get 16) (local.get 17) (local.get 18) (local.get 19) (local.get 20) (local.get 21) (local.get 22) (local.get 23) (local.get 24) (local.get 25) (local.get 26) (local.get 27) (local.get 28) (local.get 29) (local.get 30) (local.get 31) (local.get 32) (local.get 33) (local.get 34) (local.get 35) (local.get 36) (local.get 37) (local.get 38) (local.get 39) (local.get 0))))
  (func (export "params") (result i32) (call $params (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10) (i32.const 11) (i32.const 12) (i32.const 13) (i32.const 14) (i32.const 15) (i32.const 16) (i32.const 17) (i32.const 18) (i32.const 19) (i32.const 20) (i32.const 21) (i32.const 22) (i32.const 23) (i32.const 24) (i32.const 25) (i32.const 26) (i32.const 27) (i32.const 28) (i32.const 29) (i32.const 30) (i32.const 31) (i32.const 32) (i32.const 33) (i32.const 34) (i32.const 35) (i32.const 36) (i32.const 37) (i32.const 38) (i32.const 39)))
  (func $operands (export "operands") (param i64) (result i64)
    (call $count)
    (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0)) (i64.clz (local.get 0))
    (call $operands (local.get 0))
    (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add) (i64.add))
  (func $table (export "table") (param i32) (result i32)
    (call $count)
    (i32.add (i32.const 1) (call_indirect (type $down) (local.get 0) (i32.const 0))))
  (func $even (export "turns") (param i32) (result i32) (call $count) (i32.add (i32.const 1) (call $odd (local.get 0) (i64.const 5))))
  (func $odd (param i32 i64) (result i32) (local f64 f64 f64) (call $count) (i32.sub (call $even (local.get 0)) (i32.const 1)))
  (func $bounded (export "bounded") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $bounded (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0)))))
;; expect lockstep-1: bare() => trap stack_overflow, gas 3014628
;; expect lockstep-1: locals(1) => trap stack_overflow, gas 1286510
;; expect lockstep-1: params() => trap stack_overflow, gas 1073203
;; expect lockstep-1: operands(1) => trap stack_overflow, gas 3606349
;; expect lockstep-1: table(1) => trap stack_overflow, gas 3604443
;; expect lockstep-1: turns(1) => trap stack_overflow, gas 3244003
;; expect lockstep-1: bare() depth() => [i32:65535], gas 12
;; expect lockstep-1: locals(1) depth() => [i32:5065], gas 12
;; expect lockstep-1: params() depth() => [i32:12335], gas 12
;; expect lockstep-1: operands(1) depth() => [i32:15887], gas 12
;; expect lockstep-1: table(1) depth() => [i32:65535], gas 12
;; expect lockstep-1: turns(1) depth() => [i32:65535], gas 12
;; expect lockstep-1: bounded(1000) => [i32:1000], gas 31015
