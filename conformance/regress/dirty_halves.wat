;; An i32 in a register has a clean upper half, wherever it came from: as an address, an index, a length, a condition
;; (CVE-2026-34987: Winch used the dirty half of a 64-bit register as a part of the address). Each function makes an i32
;; out of 64 bits, out of a negative or wrapped one, or out of a float, and uses it where 64 bits would be seen.
(module
  (type $to_i32 (func (result i32)))
  (memory 1)
  (data (i32.const 16) "\11\12\13\14\15\16\17\18")
  (data (i32.const 65528) "\21\22\23\24\25\26\27\28")
  (table 2 funcref)
  (elem (i32.const 0) $seven $eight)
  (func $seven (result i32) (i32.const 7))
  (func $eight (result i32) (i32.const 8))
  (func (export "load") (param i64) (result i32)
    (i32.load8_u (i32.wrap_i64 (local.get 0))))
  (func (export "load_offset") (param i64) (result i32)
    (i32.load8_u offset=7 (i32.wrap_i64 (local.get 0))))
  (func (export "load_far") (param i64) (result i32)
    (i32.load8_u offset=65528 (i32.wrap_i64 (local.get 0))))
  (func (export "load_sum") (param i64 i64) (result i32)
    (i32.load8_u (i32.add (i32.wrap_i64 (local.get 0)) (i32.wrap_i64 (local.get 1)))))
  (func (export "load_mul") (param i32) (result i32)
    (i32.load8_u (i32.mul (local.get 0) (i32.const 0x10001))))
  (func (export "load_extended") (param i32) (result i32)
    (i32.load8_u (i32.extend8_s (local.get 0))))
  (func (export "load_loaded") (param i32) (result i32)
    (i32.store8 (i32.const 0) (local.get 0))
    (i32.load8_u (i32.load8_s (i32.const 0))))
  (func (export "load_divided") (param i32 i32) (result i32)
    (i32.load8_u (i32.div_s (local.get 0) (local.get 1))))
  (func (export "load_shifted") (param i32 i32) (result i32)
    (i32.load8_u (i32.shr_s (local.get 0) (local.get 1))))
  (func (export "load_float") (param f64) (result i32)
    (i32.load8_u (i32.trunc_sat_f64_s (local.get 0))))
  (func (export "load_demoted") (param f64) (result i32)
    (i32.load8_u (i32.reinterpret_f32 (f32.demote_f64 (local.get 0)))))
  (func (export "store") (param i64) (result i32)
    (i32.store8 (i32.wrap_i64 (local.get 0)) (i32.const 99))
    (i32.load8_u (i32.const 16)))
  (func (export "fill") (param i64 i64) (result i64)
    (memory.fill (i32.wrap_i64 (local.get 0)) (i32.const 5) (i32.wrap_i64 (local.get 1)))
    (i64.load (i32.const 16)))
  (func (export "index") (param i64) (result i32)
    (call_indirect (type $to_i32) (i32.wrap_i64 (local.get 0))))
  (func (export "branch") (param i64) (result i32)
    (if (result i32) (i32.wrap_i64 (local.get 0)) (then (i32.const 1)) (else (i32.const 2))))
  (func (export "br_if") (param i64) (result i32)
    (block (br_if 0 (i32.wrap_i64 (local.get 0))) (return (i32.const 2)))
    (i32.const 1))
  (func (export "pick") (param i64) (result i32)
    (select (i32.const 1) (i32.const 2) (i32.wrap_i64 (local.get 0))))
  (func (export "table") (param i64) (result i32)
    (block (block (block (br_table 0 1 2 (i32.wrap_i64 (local.get 0)))) (return (i32.const 1))) (return (i32.const 2)))
    (i32.const 3))
  (func (export "below") (param i64) (result i32)
    (i32.lt_u (i32.wrap_i64 (local.get 0)) (i32.const 5)))
  (func (export "zero") (param i64) (result i32)
    (i32.eqz (i32.wrap_i64 (local.get 0))))
  (func (export "widen") (param i64) (result i64)
    (i64.extend_i32_u (i32.wrap_i64 (local.get 0))))
  (func (export "to_float") (param i64) (result f64)
    (f64.convert_i32_u (i32.wrap_i64 (local.get 0))))
  (func (export "widen_sum") (param i32 i32) (result i64)
    (i64.extend_i32_u (i32.add (local.get 0) (local.get 1))))
  (func (export "widen_difference") (param i32 i32) (result i64)
    (i64.extend_i32_u (i32.sub (local.get 0) (local.get 1))))
  (func (export "widen_rotated") (param i32) (result i64)
    (i64.extend_i32_u (i32.rotl (local.get 0) (i32.const 4))))
  (func (export "widen_demoted") (param f64) (result i64)
    (i64.extend_i32_u (i32.reinterpret_f32 (f32.demote_f64 (local.get 0))))))
;; expect lockstep-1: load(4294967312) => [i32:17], gas 16
;; expect lockstep-1: load(18446744069414584336) => [i32:17], gas 16
;; expect lockstep-1: load_offset(4294967312) => [i32:24], gas 16
;; expect lockstep-1: load_far(4294967296) => [i32:33], gas 16
;; expect lockstep-1: load_far(4294967303) => [i32:40], gas 16
;; expect lockstep-1: load_far(4294967304) => trap memory_out_of_bounds, gas 16
;; expect lockstep-1: load_sum(4294967295, 8589934609) => [i32:17], gas 21
;; expect lockstep-1: load_sum(4294967295, 0) => trap memory_out_of_bounds, gas 21
;; expect lockstep-1: load_mul(16) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: load_mul(4026531856) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: load_extended(16) => [i32:17], gas 16
;; expect lockstep-1: load_extended(272) => [i32:17], gas 16
;; expect lockstep-1: load_extended(255) => trap memory_out_of_bounds, gas 16
;; expect lockstep-1: load_loaded(16) => [i32:17], gas 24
;; expect lockstep-1: load_loaded(144) => trap memory_out_of_bounds, gas 24
;; expect lockstep-1: load_divided(4294967264, 4294967294) => [i32:17], gas 31
;; expect lockstep-1: load_divided(4294967264, 2) => trap memory_out_of_bounds, gas 31
;; expect lockstep-1: load_shifted(4294967280, 1) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: load_shifted(64, 34) => [i32:17], gas 17
;; expect lockstep-1: load_float(4625450144788538982) => [i32:17], gas 22
;; expect lockstep-1: load_float(13848568854164275200) => trap memory_out_of_bounds, gas 22
;; expect lockstep-1: load_demoted(3954160472831295488) => [i32:17], gas 24
;; expect lockstep-1: load_demoted(4607182418800017408) => trap memory_out_of_bounds, gas 24
;; expect lockstep-1: store(4294967312) => [i32:99], gas 22
;; expect lockstep-1: fill(4294967312, 8589934596) => [i64:1735880460908954885], gas 45
;; expect lockstep-1: index(4294967297) => [i32:8], gas 38
;; expect lockstep-1: index(4294967298) => trap undefined_element, gas 27
;; expect lockstep-1: branch(4294967296) => [i32:2], gas 17
;; expect lockstep-1: branch(4294967297) => [i32:1], gas 17
;; expect lockstep-1: br_if(4294967296) => [i32:2], gas 19
;; expect lockstep-1: br_if(4294967297) => [i32:1], gas 17
;; expect lockstep-1: pick(4294967296) => [i32:2], gas 17
;; expect lockstep-1: pick(4294967297) => [i32:1], gas 17
;; expect lockstep-1: table(4294967296) => [i32:1], gas 21
;; expect lockstep-1: table(4294967297) => [i32:2], gas 21
;; expect lockstep-1: table(18446744073709551615) => [i32:3], gas 19
;; expect lockstep-1: below(4294967300) => [i32:1], gas 15
;; expect lockstep-1: below(4294967301) => [i32:0], gas 15
;; expect lockstep-1: zero(4294967296) => [i32:1], gas 14
;; expect lockstep-1: widen(18446744073709551615) => [i64:4294967295], gas 14
;; expect lockstep-1: to_float(18446744073709551615) => [f64:0x41efffffffe00000], gas 20
;; expect lockstep-1: widen_sum(4294967295, 2) => [i64:1], gas 15
;; expect lockstep-1: widen_difference(1, 2) => [i64:4294967295], gas 15
;; expect lockstep-1: widen_rotated(4026531841) => [i64:31], gas 15
;; expect lockstep-1: widen_demoted(13830554455654793216) => [i64:3212836864], gas 22
;; expect lockstep-1: widen_demoted(18443366373989023745) => [i64:2143289344], gas 22
