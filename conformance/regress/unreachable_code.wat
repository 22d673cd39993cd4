;; Code behind br, br_table, return and unreachable takes operands that are not there, has blocks, loops and branches of its
;; own, and ends where code is reached again with what the branches brought (winch 14377; Winch 7628). dead_code.wat has
;; the gas.
(module
  (memory 1)
  (func $two (result i32) (i32.const 2))
  (func (export "behind_br") (param i32) (result i32)
    (i32.const 10)
    (block (result i32)
      (i32.const 1) (local.get 0)
      (br 0)
      (i32.add) (select) (drop) (drop)
      (block (result i32) (i32.const 5) (i32.const 6) (br_if 0 (i32.const 1)) (br_table 0 1 0))
      (loop (br 0))
      (if (then (unreachable) (local.set 0)) (else (br 0)))
      (call $two) (i32.store8))
    (i32.add))
  (func (export "behind_table") (param i32) (result i32)
    (block (result i32)
      (block (result i32)
        (i32.const 3)
        (br_table 0 1 (local.get 0))
        (f64.mul) (i32.trunc_f64_s) (br_if 0) (i32.load) (i32.div_u) (drop) (i32.const 9))
      (i32.const 4)
      (i32.mul)))
  (func (export "behind_return") (param i32) (result i32)
    (if (local.get 0)
      (then (return (i32.const 1)) (loop (br_if 0 (i32.const 1)) (br 1)) (drop))
      (else (local.set 0 (i32.const 7)) (return (local.get 0)) (memory.grow) (i32.store)))
    (i32.const 3) (i64.const 4) (unreachable) (i64.eqz) (select) (drop) (i32.const 2))
  (func (export "behind_unreachable") (param i32) (result i64)
    (local i64)
    (local.set 1 (i64.const 5))
    (block
      (br_if 0 (local.get 0))
      (unreachable)
      (local.set 1 (i64.const 6))
      (block (result i64) (i64.const 7) (br 0) (i64.add))
      (local.set 1))
    (local.get 1))
  (func (export "else_only") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (unreachable) (i32.add))
      (else (i32.const 8))))
  (func (export "loop_end") (param i32) (result i32)
    (loop (result i32)
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if 0 (local.get 0))
      (br 1 (i32.const 77))
      (unreachable)))
)
;; expect lockstep-1: behind_br(32) => [i32:42], gas 18
;; expect lockstep-1: behind_table(0) => [i32:12], gas 20
;; expect lockstep-1: behind_table(1) => [i32:3], gas 16
;; expect lockstep-1: behind_return(1) => [i32:1], gas 16
;; expect lockstep-1: behind_return(0) => [i32:7], gas 18
;; expect lockstep-1: behind_unreachable(1) => [i64:5], gas 18
;; expect lockstep-1: behind_unreachable(0) => trap unreachable, gas 17
;; expect lockstep-1: else_only(0) => [i32:8], gas 15
;; expect lockstep-1: else_only(1) => trap unreachable, gas 13
;; expect lockstep-1: loop_end(3) => [i32:77], gas 40
