;; Accesses of exactly their width at the last bytes of memory, also where an operator uses the loaded value at once
;; (CVE-2026-24116, CVE-2026-34944: f64.copysign and f64x2.splat sank an 8-byte load into a 16-byte operand and read behind
;; the memory). The last eight bytes are f1 to f8.
(module
  (memory 1)
  (data (i32.const 65528) "\f1\f2\f3\f4\f5\f6\f7\f8")
  (func (export "i32.load8_s") (param i32) (result i32) (i32.load8_s (local.get 0)))
  (func (export "i32.load8_u") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "i32.load16_s") (param i32) (result i32) (i32.load16_s (local.get 0)))
  (func (export "i32.load16_u") (param i32) (result i32) (i32.load16_u (local.get 0)))
  (func (export "i32.load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "i64.load8_s") (param i32) (result i64) (i64.load8_s (local.get 0)))
  (func (export "i64.load8_u") (param i32) (result i64) (i64.load8_u (local.get 0)))
  (func (export "i64.load16_s") (param i32) (result i64) (i64.load16_s (local.get 0)))
  (func (export "i64.load16_u") (param i32) (result i64) (i64.load16_u (local.get 0)))
  (func (export "i64.load32_s") (param i32) (result i64) (i64.load32_s (local.get 0)))
  (func (export "i64.load32_u") (param i32) (result i64) (i64.load32_u (local.get 0)))
  (func (export "i64.load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "f32.load") (param i32) (result f32) (f32.load (local.get 0)))
  (func (export "f64.load") (param i32) (result f64) (f64.load (local.get 0)))
  (func (export "i32.store8") (param i32) (i32.store8 (local.get 0) (i32.const -2)))
  (func (export "i32.store16") (param i32) (i32.store16 (local.get 0) (i32.const -2)))
  (func (export "i32.store") (param i32) (i32.store (local.get 0) (i32.const -2)))
  (func (export "i64.store8") (param i32) (i64.store8 (local.get 0) (i64.const -2)))
  (func (export "i64.store16") (param i32) (i64.store16 (local.get 0) (i64.const -2)))
  (func (export "i64.store32") (param i32) (i64.store32 (local.get 0) (i64.const -2)))
  (func (export "i64.store") (param i32) (i64.store (local.get 0) (i64.const -2)))
  (func (export "f32.store") (param i32) (f32.store (local.get 0) (f32.const 1.5)))
  (func (export "f64.store") (param i32) (f64.store (local.get 0) (f64.const 1.5)))
  (func (export "copysign64") (param i32) (result f64) (f64.copysign (f64.const 1.5) (f64.load (local.get 0))))
  (func (export "copysign64_left") (param i32) (result f64) (f64.copysign (f64.load (local.get 0)) (f64.const 1.5)))
  (func (export "copysign32") (param i32) (result f32) (f32.copysign (f32.const 1.5) (f32.load (local.get 0))))
  (func (export "neg64") (param i32) (result f64) (f64.neg (f64.load (local.get 0))))
  (func (export "abs32") (param i32) (result f32) (f32.abs (f32.load (local.get 0))))
  (func (export "promote") (param i32) (result f64) (f64.promote_f32 (f32.load (local.get 0))))
  (func (export "sqrt64") (param i32) (result f64) (f64.sqrt (f64.abs (f64.load (local.get 0)))))
  (func (export "convert") (param i32) (result f64) (f64.convert_i32_s (i32.load (local.get 0))))
  (func (export "add32") (param i32) (result i32) (i32.add (i32.const 1) (i32.load (local.get 0))))
  (func (export "compare64") (param i32) (result i32) (i64.lt_s (i64.load (local.get 0)) (i64.const 0)))
  (func (export "float_less") (param i32) (result i32) (f64.lt (f64.load (local.get 0)) (f64.const 0)))
  (func (export "bits") (param i32) (result i64) (i64.reinterpret_f64 (f64.load (local.get 0))))
  (func (export "wrap") (param i32) (result i32) (i32.wrap_i64 (i64.load (local.get 0))))
  (func (export "popcnt") (param i32) (result i32) (i32.popcnt (i32.load16_u (local.get 0)))))
;; expect lockstep-1: i32.load8_s(65535) => [i32:4294967288], gas 14
;; expect lockstep-1: i32.load8_s(65536) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i32.load8_u(65535) => [i32:248], gas 14
;; expect lockstep-1: i32.load8_u(65536) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i32.load16_s(65534) => [i32:4294965495], gas 14
;; expect lockstep-1: i32.load16_s(65535) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i32.load16_u(65534) => [i32:63735], gas 14
;; expect lockstep-1: i32.load16_u(65535) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i32.load(65532) => [i32:4177000181], gas 14
;; expect lockstep-1: i32.load(65533) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load8_s(65535) => [i64:18446744073709551608], gas 14
;; expect lockstep-1: i64.load8_s(65536) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load8_u(65535) => [i64:248], gas 14
;; expect lockstep-1: i64.load8_u(65536) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load16_s(65534) => [i64:18446744073709549815], gas 14
;; expect lockstep-1: i64.load16_s(65535) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load16_u(65534) => [i64:63735], gas 14
;; expect lockstep-1: i64.load16_u(65535) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load32_s(65532) => [i64:18446744073591584501], gas 14
;; expect lockstep-1: i64.load32_s(65533) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load32_u(65532) => [i64:4177000181], gas 14
;; expect lockstep-1: i64.load32_u(65533) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i64.load(65528) => [i64:17940079176890708721], gas 14
;; expect lockstep-1: i64.load(65529) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: f32.load(65532) => [f32:0xf8f7f6f5], gas 14
;; expect lockstep-1: f32.load(65533) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: f64.load(65528) => [f64:0xf8f7f6f5f4f3f2f1], gas 14
;; expect lockstep-1: f64.load(65529) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: i32.store8(65535) => [], gas 15
;; expect lockstep-1: i32.store8(65536) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: i32.store16(65534) => [], gas 15
;; expect lockstep-1: i32.store16(65535) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: i32.store(65532) => [], gas 15
;; expect lockstep-1: i32.store(65533) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: i64.store8(65535) => [], gas 15
;; expect lockstep-1: i64.store8(65536) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: i64.store16(65534) => [], gas 15
;; expect lockstep-1: i64.store16(65535) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: i64.store32(65532) => [], gas 15
;; expect lockstep-1: i64.store32(65533) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: i64.store(65528) => [], gas 15
;; expect lockstep-1: i64.store(65529) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: f32.store(65532) => [], gas 15
;; expect lockstep-1: f32.store(65533) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: f64.store(65528) => [], gas 15
;; expect lockstep-1: f64.store(65529) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: copysign64(65528) => [f64:0xbff8000000000000], gas 17
;; expect lockstep-1: copysign64(65529) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: copysign64_left(65528) => [f64:0x78f7f6f5f4f3f2f1], gas 17
;; expect lockstep-1: copysign64_left(65529) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: copysign32(65532) => [f32:0xbfc00000], gas 17
;; expect lockstep-1: copysign32(65533) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: neg64(65528) => [f64:0x78f7f6f5f4f3f2f1], gas 16
;; expect lockstep-1: neg64(65529) => trap memory_out_of_bounds, gas 16
;; expect lockstep-1: abs32(65532) => [f32:0x78f7f6f5], gas 16
;; expect lockstep-1: abs32(65533) => trap memory_out_of_bounds, gas 16
;; expect lockstep-1: promote(65532) => [f64:0xc71efedea0000000], gas 22
;; expect lockstep-1: promote(65533) => trap memory_out_of_bounds, gas 22
;; expect lockstep-1: sqrt64(65528) => [f64:0x5c7394dd06c0ba7d], gas 36
;; expect lockstep-1: sqrt64(65529) => trap memory_out_of_bounds, gas 36
;; expect lockstep-1: convert(65532) => [f64:0xc19c20242c000000], gas 22
;; expect lockstep-1: convert(65533) => trap memory_out_of_bounds, gas 22
;; expect lockstep-1: add32(65532) => [i32:4177000182], gas 17
;; expect lockstep-1: add32(65533) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: compare64(65528) => [i32:1], gas 17
;; expect lockstep-1: compare64(65529) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: float_less(65528) => [i32:1], gas 17
;; expect lockstep-1: float_less(65529) => trap memory_out_of_bounds, gas 17
;; expect lockstep-1: bits(65528) => [i64:17940079176890708721], gas 16
;; expect lockstep-1: bits(65529) => trap memory_out_of_bounds, gas 16
;; expect lockstep-1: wrap(65528) => [i32:4109628145], gas 16
;; expect lockstep-1: wrap(65529) => trap memory_out_of_bounds, gas 16
;; expect lockstep-1: popcnt(65534) => [i32:12], gas 16
;; expect lockstep-1: popcnt(65535) => trap memory_out_of_bounds, gas 16
