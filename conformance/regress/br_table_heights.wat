;; br_table whose targets stand at different heights of the operand stack, with no result, with one, and as the head of a
;; loop, with other operands left below and above (Winch 7602, 7616, 7628: the stack pointer was off by the difference).
(module
  (func (export "none") (param i32) (result i32)
    (i32.const 1000)
    (block
      (i32.const 1) (i32.const 2)
      (block
        (i32.const 3) (i32.const 4) (i32.const 5)
        (block
          (i32.const 6)
          (br_table 0 1 2 (local.get 0)))
        (i32.add) (i32.add)
        (return (i32.add (i32.const 100))))
      (i32.add)
      (return (i32.add (i32.const 200))))
    (i32.add (i32.const 300)))
  (func (export "one") (param i32 i32) (result i32)
    (i32.const 1000)
    (block (result i32)
      (i32.const 1) (i32.const 2)
      (block (result i32)
        (i32.const 3) (i32.const 4) (i32.const 5)
        (block (result i32)
          (i32.const 6) (i32.const 7)
          (br_table 0 1 2 1 0 (i32.mul (local.get 1) (i32.const 10)) (local.get 0)))
        (i32.add) (i32.add) (i32.add)
        (return))
      (i32.add)
      (i32.add)
      (return))
    (i32.add))
  (func (export "local") (param i32 i32) (result i32)
    (block (result i32)
      (i32.const 50)
      (block (result i32)
        (local.get 1)
        (br_table 0 1 0 (local.get 0)))
      (local.set 1 (i32.const 9))
      (i32.add)))
  (func (export "loop") (param i32) (result i64)
    (local $sum i64)
    (i64.const 7)
    (block
      (i64.const 1) (i64.const 2)
      (loop
        (i32.const 5) (f64.const 1.5)
        (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get 0))))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_table 1 0 (i32.gt_s (local.get 0) (i32.const 0))))
      (unreachable))
    (i64.mul (local.get $sum)))
  (func (export "function") (param i32) (result f64)
    (f64.const 1)
    (block (result f64)
      (i64.const 1) (i32.const 2)
      (f64.const 2.5)
      (br_table 0 1 (local.get 0)))
    (f64.add))
  (func (export "many") (param i32) (result i64)
    (block $c (result i64)
      (i64.const 1)
      (block $b (result i64)
        (i64.const 2)
        (block $a (result i64)
          (i64.const 3) (i64.const 4)
          (br_table $a $b $c $a $b $c $c $b $a (local.get 0)))
        (i64.add) (i64.const 10) (i64.mul))
      (i64.add) (i64.const 100) (i64.mul))))
;; expect lockstep-1: none(0) => [i32:112], gas 32
;; expect lockstep-1: none(1) => [i32:203], gas 30
;; expect lockstep-1: none(2) => [i32:1300], gas 26
;; expect lockstep-1: none(4294967295) => [i32:1300], gas 26
;; expect lockstep-1: one(0, 4) => [i32:52], gas 36
;; expect lockstep-1: one(1, 4) => [i32:43], gas 34
;; expect lockstep-1: one(2, 4) => [i32:1040], gas 30
;; expect lockstep-1: one(3, 4) => [i32:43], gas 34
;; expect lockstep-1: one(9, 4) => [i32:52], gas 36
;; expect lockstep-1: one(2147483648, 4) => [i32:52], gas 36
;; expect lockstep-1: local(0, 33) => [i32:83], gas 22
;; expect lockstep-1: local(1, 33) => [i32:33], gas 17
;; expect lockstep-1: local(7, 33) => [i32:83], gas 22
;; expect lockstep-1: loop(4) => [i64:70], gas 102
;; expect lockstep-1: loop(1) => [i64:7], gas 39
;; expect lockstep-1: function(0) => [f64:0x400c000000000000], gas 24
;; expect lockstep-1: function(1) => [f64:0x4004000000000000], gas 17
;; expect lockstep-1: many(0) => [i64:6100], gas 32
;; expect lockstep-1: many(1) => [i64:500], gas 26
;; expect lockstep-1: many(2) => [i64:4], gas 20
;; expect lockstep-1: many(8) => [i64:6100], gas 32
;; expect lockstep-1: many(99) => [i64:6100], gas 32
