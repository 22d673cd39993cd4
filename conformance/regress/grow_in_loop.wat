;; memory.grow inside a loop, in a callee, and between two accesses of one address: the bounds move at once, the base may
;; too, and new pages are zero. A failed one changes nothing.
(module
  (memory 1 9)
  (func (export "fill") (result i32)
    (local $size i32) (local $sum i32)
    (loop
      (local.set $size (i32.mul (memory.size) (i32.const 65536)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.sub (local.get $size) (i32.const 4)))))
      (i32.store (i32.sub (local.get $size) (i32.const 4)) (memory.size))
      (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))
      (br_if 0 (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0))))
    (local.set $size (i32.const 65536))
    (loop
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.sub (local.get $size) (i32.const 4)))))
      (br_if 0 (i32.le_u (local.tee $size (i32.add (local.get $size) (i32.const 65536))) (i32.const 589824))))
    (i32.add (i32.mul (i32.load8_u (i32.const 0)) (i32.const 100)) (local.get $sum)))
  (func $grow (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "between") (param i32 i32) (result i32)
    (i32.store (i32.const 65532) (i32.const 7))
    (drop (call $grow (local.get 1)))
    (i32.store (local.get 0) (i32.const 5))
    (i32.add (i32.load (local.get 0)) (i32.add (i32.load (i32.const 65532)) (memory.size))))
  (func (export "across") (param i32) (result i64)
    (i64.store (i32.const 65528) (i64.const -1))
    (drop (memory.grow (local.get 0)))
    (i64.load (i32.const 65532)))
  (func (export "walk") (param i32) (result i32)
    (local $at i32)
    (loop
      (i32.store8 (local.get $at) (i32.const 1))
      (if (i32.eq (local.get $at) (local.get 0)) (then (drop (memory.grow (i32.const 1)))))
      (br_if 0 (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (i32.const 131072))))
    (local.get $at)))
;; expect lockstep-1: fill() => [i32:945], gas 38431
;; expect lockstep-1: between(65536, 1) => [i32:14], gas 4255
;; expect lockstep-1: between(65536, 0) => trap memory_out_of_bounds, gas 159
;; expect lockstep-1: between(65536, 9) => trap memory_out_of_bounds, gas 37023
;; expect lockstep-1: between(589820, 8) => [i32:21], gas 32927
;; expect lockstep-1: across(1) => [i64:4294967295], gas 4218
;; expect lockstep-1: across(0) => trap memory_out_of_bounds, gas 122
;; expect lockstep-1: walk(61440) => [i32:131072], gas 4980
;; expect lockstep-1: walk(65536) => trap memory_out_of_bounds, gas 407
;; expect lockstep-1: walk(0) => [i32:131072], gas 4980
