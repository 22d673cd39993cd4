;; A call through a table wants the very type: signatures of equal size, equal slots or equal parameters do not do, equal
;; types under two numbers do. The index is checked before the element, the element before its type; after a mismatch
;; nothing has run.
(module
  (type $a (func (param i32) (result i32)))
  (type $b (func (param i64) (result i32)))
  (type $c (func (param i32) (result i64)))
  (type $d (func (param f32) (result i32)))
  (type $e (func (param i32 i32) (result i32)))
  (type $f (func (param i32)))
  (type $again (func (param i32) (result i32)))
  (global $ran (mut i32) (i32.const 0))
  (table 8 funcref)
  (elem (i32.const 0) $fa $fb $fc $fd $fe $ff $fagain)
  (func $fa (type $a) (global.set $ran (i32.const 1)) (i32.add (local.get 0) (i32.const 1)))
  (func $fb (type $b) (global.set $ran (i32.const 2)) (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32))))
  (func $fc (type $c) (global.set $ran (i32.const 3)) (i64.extend_i32_s (local.get 0)))
  (func $fd (type $d) (global.set $ran (i32.const 4)) (i32.reinterpret_f32 (local.get 0)))
  (func $fe (type $e) (global.set $ran (i32.const 5)) (i32.sub (local.get 0) (local.get 1)))
  (func $ff (type $f) (global.set $ran (local.get 0)))
  (func $fagain (type $again) (i32.mul (local.get 0) (i32.const 7)))
  (func (export "ran") (result i32) (global.get $ran))
  (func (export "a") (param i32) (result i32) (call_indirect (type $a) (i32.const 5) (local.get 0)))
  (func (export "again") (param i32) (result i32) (call_indirect (type $again) (i32.const 5) (local.get 0)))
  (func (export "b") (param i32) (result i32) (call_indirect (type $b) (i64.const 0x700000005) (local.get 0)))
  (func (export "c") (param i32) (result i64) (call_indirect (type $c) (i32.const -5) (local.get 0)))
  (func (export "d") (param i32) (result i32) (call_indirect (type $d) (f32.const 1) (local.get 0)))
  (func (export "e") (param i32) (result i32) (call_indirect (type $e) (i32.const 5) (i32.const 3) (local.get 0)))
  (func (export "f") (param i32) (result i32) (call_indirect (type $f) (i32.const 5) (local.get 0)) (i32.const 1))
  (func (export "tail") (param i32) (result i32) (return_call_indirect (type $a) (i32.const 5) (local.get 0)))
  (func (export "set") (param i32 i32) (table.set 0 (local.get 0) (table.get 0 (local.get 1)))))
;; expect lockstep-1: a(0) => [i32:6], gas 44
;; expect lockstep-1: a(6) => [i32:35], gas 40
;; expect lockstep-1: again(0) => [i32:6], gas 44
;; expect lockstep-1: again(6) => [i32:35], gas 40
;; expect lockstep-1: b(1) => [i32:7], gas 46
;; expect lockstep-1: c(2) => [i64:18446744073709551611], gas 43
;; expect lockstep-1: d(3) => [i32:1065353216], gas 43
;; expect lockstep-1: e(4) => [i32:2], gas 45
;; expect lockstep-1: f(5) => [i32:1], gas 41
;; expect lockstep-1: tail(6) => [i32:35], gas 39
;; expect lockstep-1: a(1) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: a(2) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: a(3) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: a(4) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: a(5) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: b(0) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: c(0) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: d(0) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: d(1) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: e(0) => trap indirect_call_type_mismatch, gas 27
;; expect lockstep-1: f(0) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: again(1) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: tail(1) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: tail(2) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: a(7) => trap uninitialized_element, gas 26
;; expect lockstep-1: c(7) => trap uninitialized_element, gas 26
;; expect lockstep-1: f(7) => trap uninitialized_element, gas 26
;; expect lockstep-1: tail(7) => trap uninitialized_element, gas 26
;; expect lockstep-1: a(8) => trap undefined_element, gas 26
;; expect lockstep-1: a(4294967295) => trap undefined_element, gas 26
;; expect lockstep-1: a(2147483648) => trap undefined_element, gas 26
;; expect lockstep-1: tail(8) => trap undefined_element, gas 26
;; expect lockstep-1: a(1) ran() => [i32:0], gas 12
;; expect lockstep-1: set(0, 6) a(0) => [i32:35], gas 40
;; expect lockstep-1: set(0, 1) a(0) => trap indirect_call_type_mismatch, gas 26
;; expect lockstep-1: set(0, 7) a(0) => trap uninitialized_element, gas 26
