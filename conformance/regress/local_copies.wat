;; local.get takes the value at that moment, whatever is written to the local before it is used (wasmer 516), and a
;; product is that of both operands: equal ones, constants of every width, results onto an operand (wasmer 550).
(module
  (func (export "before_set") (param i32) (result i32)
    (local.get 0) (local.set 0 (i32.const 5)) (i32.sub (local.get 0)))
  (func (export "before_tee") (param i32) (result i32)
    (i32.sub (local.get 0) (local.tee 0 (i32.mul (local.get 0) (i32.const 3)))))
  (func (export "before_loop") (param i32) (result i32)
    (local.get 0)
    (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.add (local.get 0)))
  (func (export "before_if") (param i32) (result i32)
    (local.get 0) (local.get 0)
    (if (local.get 0) (then (local.set 0 (i32.const 100))) (else (local.set 0 (i32.const 200))))
    (i32.add) (i32.add (local.get 0)))
  (func (export "before_call") (param i32 i64) (result i64)
    (local.get 1) (local.get 0)
    (local.set 1 (i64.extend_i32_u (call $clobber (local.get 0) (local.get 0))))
    (i64.add (i64.extend_i32_u)) (i64.add (local.get 1)))
  (func $clobber (param i32 i32) (result i32)
    (local.set 0 (i32.mul (local.get 0) (local.get 1))) (local.set 1 (local.get 0)) (local.get 1))
  (func (export "swap") (param i32 i32) (result i32)
    (local.get 0) (local.get 1) (local.set 0) (local.set 1)
    (i32.sub (local.get 0) (local.get 1)))
  (func (export "swap_floats") (param f64 f64) (result f64)
    (local.get 0) (local.get 1) (local.set 0) (local.set 1)
    (f64.sub (local.get 0) (local.get 1)))
  (func (export "tee_itself") (param i64) (result i64)
    (i64.add (local.tee 0 (local.get 0)) (local.tee 0 (i64.add (local.get 0) (i64.const 1)))))
  (func (export "i32.self") (param i32) (result i32) (local.set 0 (i32.mul (local.get 0) (local.get 0))) (local.get 0))
  (func (export "i32.right") (param i32 i32) (result i32) (local.set 1 (i32.mul (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i32.constants") (param i32) (result i32)
    (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.add (i32.rotl (i32.const 0) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 0))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 1))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const -1))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 127))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const -128))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 128))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 32767))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const -32768))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 32768))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const 2147483647))) (i32.const 3))
      (i32.mul (local.get 0) (i32.const -2147483648))))
  (func (export "i64.self") (param i64) (result i64) (local.set 0 (i64.mul (local.get 0) (local.get 0))) (local.get 0))
  (func (export "i64.right") (param i64 i64) (result i64) (local.set 1 (i64.mul (local.get 0) (local.get 1))) (local.get 1))
  (func (export "i64.constants") (param i64) (result i64)
    (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.add (i64.rotl (i64.const 0) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 0))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 1))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const -1))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 127))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const -128))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 128))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 32767))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const -32768))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 32768))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 2147483647))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const -2147483648))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 2147483648))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const 4294967295))) (i64.const 3))
      (i64.mul (local.get 0) (i64.const -4294967296)))))
;; expect lockstep-1: before_set(7) => [i32:2], gas 15
;; expect lockstep-1: before_tee(7) => [i32:4294967282], gas 17
;; expect lockstep-1: before_loop(3) => [i32:3], gas 39
;; expect lockstep-1: before_if(3) => [i32:106], gas 23
;; expect lockstep-1: before_if(0) => [i32:200], gas 23
;; expect lockstep-1: before_call(6, 1000) => [i64:1042], gas 50
;; expect lockstep-1: swap(3, 10) => [i32:7], gas 17
;; expect lockstep-1: swap_floats(4613937818241073152, 4621819117588971520) => [f64:0x401c000000000000], gas 21
;; expect lockstep-1: tee_itself(4) => [i64:9], gas 18
;; expect lockstep-1: i32.self(4275878552) => [i32:3712039488], gas 15
;; expect lockstep-1: i32.right(4275878552, 3) => [i32:4237701064], gas 15
;; expect lockstep-1: i32.constants(4275878552) => [i32:2337613673], gas 109
;; expect lockstep-1: i64.self(18364758544493064720) => [i64:16063333644353814784], gas 15
;; expect lockstep-1: i64.right(18364758544493064720, 3) => [i64:18200787486060090928], gas 15
;; expect lockstep-1: i64.constants(18364758544493064720) => [i64:6640828510811571695], gas 136
