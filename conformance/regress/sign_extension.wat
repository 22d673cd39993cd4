;; Loads and operators that extend a sign do so to the width of their type and no further: an i32 has a zero upper half even
;; if it is negative; what was above the extended bits does not matter.
(module
  (memory 1)
  (data (i32.const 0) "\80\ff\7f\80\00\80\ff\ff\ff\ff\ff\7f")
  (func (export "i32_8") (param i32) (result i64) (i64.extend_i32_u (i32.load8_s (local.get 0))))
  (func (export "i32_16") (param i32) (result i64) (i64.extend_i32_u (i32.load16_s (local.get 0))))
  (func (export "i64_8") (param i32) (result i64) (i64.load8_s (local.get 0)))
  (func (export "i64_16") (param i32) (result i64) (i64.load16_s (local.get 0)))
  (func (export "i64_32") (param i32) (result i64) (i64.load32_s (local.get 0)))
  (func (export "i64_32_u") (param i32) (result i64) (i64.load32_u (local.get 0)))
  (func (export "extend8") (param i32) (result i64) (i64.extend_i32_u (i32.extend8_s (local.get 0))))
  (func (export "extend16") (param i32) (result i64) (i64.extend_i32_u (i32.extend16_s (local.get 0))))
  (func (export "extend8_64") (param i64) (result i64) (i64.extend8_s (local.get 0)))
  (func (export "extend16_64") (param i64) (result i64) (i64.extend16_s (local.get 0)))
  (func (export "extend32_64") (param i64) (result i64) (i64.extend32_s (local.get 0)))
  (func (export "extend_i32_s") (param i32) (result i64) (i64.extend_i32_s (local.get 0)))
  (func (export "wrapped") (param i64) (result i64) (i64.extend_i32_s (i32.wrap_i64 (local.get 0))))
  (func (export "onto") (param i64) (result i64) (local.set 0 (i64.extend8_s (local.get 0))) (local.get 0))
  (func (export "compared") (param i32) (result i32) (i64.eq (i64.extend_i32_u (i32.load8_s (local.get 0))) (i64.const -128)))
  (func (export "to_float") (param i32) (result f64) (f64.convert_i32_s (i32.load8_s (local.get 0)))))
;; expect lockstep-1: i32_8(0) => [i64:4294967168], gas 16
;; expect lockstep-1: i32_8(2) => [i64:127], gas 16
;; expect lockstep-1: i32_16(0) => [i64:4294967168], gas 16
;; expect lockstep-1: i32_16(1) => [i64:32767], gas 16
;; expect lockstep-1: i64_8(0) => [i64:18446744073709551488], gas 14
;; expect lockstep-1: i64_8(2) => [i64:127], gas 14
;; expect lockstep-1: i64_16(4) => [i64:18446744073709518848], gas 14
;; expect lockstep-1: i64_16(1) => [i64:32767], gas 14
;; expect lockstep-1: i64_32(2) => [i64:18446744071562100863], gas 14
;; expect lockstep-1: i64_32(8) => [i64:2147483647], gas 14
;; expect lockstep-1: i64_32_u(2) => [i64:2147516543], gas 14
;; expect lockstep-1: extend8(384) => [i64:4294967168], gas 14
;; expect lockstep-1: extend8(4294967167) => [i64:127], gas 14
;; expect lockstep-1: extend16(98304) => [i64:4294934528], gas 14
;; expect lockstep-1: extend16(4294934527) => [i64:32767], gas 14
;; expect lockstep-1: extend8_64(18446744073709551487) => [i64:127], gas 12
;; expect lockstep-1: extend8_64(384) => [i64:18446744073709551488], gas 12
;; expect lockstep-1: extend16_64(98304) => [i64:18446744073709518848], gas 12
;; expect lockstep-1: extend32_64(6442450944) => [i64:18446744071562067968], gas 12
;; expect lockstep-1: extend32_64(18446744071562067967) => [i64:2147483647], gas 12
;; expect lockstep-1: extend_i32_s(2147483648) => [i64:18446744071562067968], gas 12
;; expect lockstep-1: wrapped(9223372034707292160) => [i64:18446744071562067968], gas 14
;; expect lockstep-1: wrapped(18446744069414584321) => [i64:1], gas 14
;; expect lockstep-1: onto(255) => [i64:18446744073709551615], gas 14
;; expect lockstep-1: compared(0) => [i32:0], gas 19
;; expect lockstep-1: to_float(0) => [f64:0xc060000000000000], gas 22
