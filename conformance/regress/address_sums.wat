;; A shift or a sum that feeds an address is done in 32 bits and wraps before it is one (CVE-2023-26489: Cranelift folded
;; shl into a 35-bit address on x86_64; our lowering folds sums into loads and stores). memory[i] is i mod 251.
(module
  (memory 1)
  (func $start (local i32)
    loop
      (i32.store8 (local.get 0) (i32.rem_u (local.get 0) (i32.const 251)))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 65536)))
    end)
  (start $start)
  (func (export "shl1") (param i32) (result i32) (i32.load8_u (i32.shl (local.get 0) (i32.const 1))))
  (func (export "shl2") (param i32) (result i32) (i32.load8_u (i32.shl (local.get 0) (i32.const 2))))
  (func (export "shl3") (param i32) (result i32) (i32.load8_u offset=8 (i32.shl (local.get 0) (i32.const 3))))
  (func (export "shl") (param i32 i32) (result i32) (i32.load8_u (i32.shl (local.get 0) (local.get 1))))
  (func (export "sum_shl") (param i32 i32) (result i32)
    (i32.load8_u (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))
  (func (export "sum") (param i32 i32) (result i32) (i32.load8_u (i32.add (local.get 0) (local.get 1))))
  (func (export "sum_offset") (param i32 i32) (result i32) (i32.load8_u offset=2 (i32.add (local.get 0) (local.get 1))))
  (func (export "sum_self") (param i32) (result i32)
    (local.set 0 (i32.load8_u (i32.add (local.get 0) (local.get 0)))) (local.get 0))
  (func (export "down") (param i32) (result i32) (i32.load8_u (i32.add (local.get 0) (i32.const -4))))
  (func (export "down_sub") (param i32) (result i32) (i32.load8_u (i32.sub (local.get 0) (i32.const 4))))
  (func (export "down_offset") (param i32) (result i32) (i32.load8_u offset=4 (i32.add (local.get 0) (i32.const -4))))
  (func (export "down_far") (param i32) (result i32) (i32.load8_u (i32.add (local.get 0) (i32.const -65536))))
  (func (export "store_sum") (param i32 i32) (result i32)
    (i32.store8 (i32.add (local.get 0) (local.get 1)) (i32.const 99)) (i32.load8_u (i32.const 10)))
  (func (export "store_itself") (param i32 i32) (result i32)
    (i32.store (i32.add (local.get 0) (local.get 1)) (local.get 0)) (i32.load (i32.const 12)))
  (func (export "store_down") (param i32) (result i32)
    (i32.store16 (i32.add (local.get 0) (i32.const -4)) (i32.const 0x6363)) (i32.load8_u (i32.const 10))))
;; expect lockstep-1: shl1(5) => [i32:10], gas 17
;; expect lockstep-1: shl1(2147483653) => [i32:10], gas 17
;; expect lockstep-1: shl1(32768) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: shl2(1073741827) => [i32:12], gas 17
;; expect lockstep-1: shl2(16384) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: shl3(536870913) => [i32:16], gas 17
;; expect lockstep-1: shl3(4294967295) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: shl(1073741827, 34) => [i32:12], gas 17
;; expect lockstep-1: shl(3, 32) => [i32:3], gas 17
;; expect lockstep-1: sum_shl(4, 1073741825) => [i32:8], gas 20
;; expect lockstep-1: sum_shl(4294967292, 2) => [i32:4], gas 20
;; expect lockstep-1: sum(4294967295, 11) => [i32:10], gas 17
;; expect lockstep-1: sum(4294967295, 0) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: sum(65535, 1) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: sum(65535, 0) => [i32:24], gas 17
;; expect lockstep-1: sum_offset(4294967295, 11) => [i32:12], gas 17
;; expect lockstep-1: sum_offset(4294967295, 4294967295) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: sum_self(2147483653) => [i32:10], gas 19
;; expect lockstep-1: down(14) => [i32:10], gas 17
;; expect lockstep-1: down(3) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: down_sub(14) => [i32:10], gas 17
;; expect lockstep-1: down_sub(3) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: down_offset(14) => [i32:14], gas 17
;; expect lockstep-1: down_offset(3) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: down_far(65546) => [i32:10], gas 17
;; expect lockstep-1: down_far(10) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: store_sum(4294967295, 11) => [i32:99], gas 23
;; expect lockstep-1: store_sum(4294967295, 0) => trap memory_out_of_bounds, gas 23
;; expect lockstep-1: store_itself(4294967295, 13) => [i32:4294967295], gas 23
;; expect lockstep-1: store_down(14) => [i32:99], gas 23
;; expect lockstep-1: store_down(3) => trap memory_out_of_bounds, gas 23
