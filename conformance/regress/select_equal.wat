;; select with equal operands, with an operand that is its own condition, onto each of its operands, and with dead ones
;; (wasmtime's i8x16.select gave a wrong mask when both operands were equal). The condition is 32 bits.
(module
  (func (export "i32") (param i32 i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i32_equal") (param i32 i32) (result i32) (select (local.get 0) (local.get 0) (local.get 1)))
  (func (export "i32_first") (param i32 i32 i32) (result i32)
    (local.set 0 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 0))
  (func (export "i32_second") (param i32 i32 i32) (result i32)
    (local.set 1 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 1))
  (func (export "i64") (param i64 i64 i32) (result i64) (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "i64_equal") (param i64 i32) (result i64) (select (local.get 0) (local.get 0) (local.get 1)))
  (func (export "i64_first") (param i64 i64 i32) (result i64)
    (local.set 0 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 0))
  (func (export "i64_second") (param i64 i64 i32) (result i64)
    (local.set 1 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 1))
  (func (export "f32") (param f32 f32 i32) (result f32) (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f32_equal") (param f32 i32) (result f32) (select (local.get 0) (local.get 0) (local.get 1)))
  (func (export "f32_first") (param f32 f32 i32) (result f32)
    (local.set 0 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 0))
  (func (export "f32_second") (param f32 f32 i32) (result f32)
    (local.set 1 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 1))
  (func (export "f64") (param f64 f64 i32) (result f64) (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "f64_equal") (param f64 i32) (result f64) (select (local.get 0) (local.get 0) (local.get 1)))
  (func (export "f64_first") (param f64 f64 i32) (result f64)
    (local.set 0 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 0))
  (func (export "f64_second") (param f64 f64 i32) (result f64)
    (local.set 1 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 1))
  (func (export "own") (param i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 0)))
  (func (export "own_second") (param i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 1)))
  (func (export "all") (param i32) (result i32) (select (local.get 0) (local.get 0) (local.get 0)))
  (func (export "onto_condition") (param i32 i32 i32) (result i32)
    (local.set 2 (select (local.get 0) (local.get 1) (local.get 2))) (local.get 2))
  (func (export "reference") (param i32) (result i32)
    (ref.is_null (select (result funcref) (ref.null func) (ref.func 0) (local.get 0))))
  (elem declare func 0))
;; expect lockstep-1: i32(2141192193, 4290772994, 1) => [i32:2141192193], gas 15
;; expect lockstep-1: i32_first(2141192193, 4290772994, 1) => [i32:2141192193], gas 17
;; expect lockstep-1: i32_second(2141192193, 4290772994, 1) => [i32:2141192193], gas 17
;; expect lockstep-1: i32(2141192193, 4290772994, 0) => [i32:4290772994], gas 15
;; expect lockstep-1: i32_first(2141192193, 4290772994, 0) => [i32:4290772994], gas 17
;; expect lockstep-1: i32_second(2141192193, 4290772994, 0) => [i32:4290772994], gas 17
;; expect lockstep-1: i32(2141192193, 4290772994, 2147483648) => [i32:2141192193], gas 15
;; expect lockstep-1: i32_first(2141192193, 4290772994, 2147483648) => [i32:2141192193], gas 17
;; expect lockstep-1: i32_second(2141192193, 4290772994, 2147483648) => [i32:2141192193], gas 17
;; expect lockstep-1: i32_equal(2141192193, 0) => [i32:2141192193], gas 15
;; expect lockstep-1: i32_equal(2141192193, 1) => [i32:2141192193], gas 15
;; expect lockstep-1: i64(9219994337134247937, 18444492273895866370, 1) => [i64:9219994337134247937], gas 15
;; expect lockstep-1: i64_first(9219994337134247937, 18444492273895866370, 1) => [i64:9219994337134247937], gas 17
;; expect lockstep-1: i64_second(9219994337134247937, 18444492273895866370, 1) => [i64:9219994337134247937], gas 17
;; expect lockstep-1: i64(9219994337134247937, 18444492273895866370, 0) => [i64:18444492273895866370], gas 15
;; expect lockstep-1: i64_first(9219994337134247937, 18444492273895866370, 0) => [i64:18444492273895866370], gas 17
;; expect lockstep-1: i64_second(9219994337134247937, 18444492273895866370, 0) => [i64:18444492273895866370], gas 17
;; expect lockstep-1: i64(9219994337134247937, 18444492273895866370, 2147483648) => [i64:9219994337134247937], gas 15
;; expect lockstep-1: i64_first(9219994337134247937, 18444492273895866370, 2147483648) => [i64:9219994337134247937], gas 17
;; expect lockstep-1: i64_second(9219994337134247937, 18444492273895866370, 2147483648) => [i64:9219994337134247937], gas 17
;; expect lockstep-1: i64_equal(9219994337134247937, 0) => [i64:9219994337134247937], gas 15
;; expect lockstep-1: i64_equal(9219994337134247937, 1) => [i64:9219994337134247937], gas 15
;; expect lockstep-1: f32(2141192193, 4290772994, 1) => [f32:0x7fa00001], gas 15
;; expect lockstep-1: f32_first(2141192193, 4290772994, 1) => [f32:0x7fa00001], gas 17
;; expect lockstep-1: f32_second(2141192193, 4290772994, 1) => [f32:0x7fa00001], gas 17
;; expect lockstep-1: f32(2141192193, 4290772994, 0) => [f32:0xffc00002], gas 15
;; expect lockstep-1: f32_first(2141192193, 4290772994, 0) => [f32:0xffc00002], gas 17
;; expect lockstep-1: f32_second(2141192193, 4290772994, 0) => [f32:0xffc00002], gas 17
;; expect lockstep-1: f32(2141192193, 4290772994, 2147483648) => [f32:0x7fa00001], gas 15
;; expect lockstep-1: f32_first(2141192193, 4290772994, 2147483648) => [f32:0x7fa00001], gas 17
;; expect lockstep-1: f32_second(2141192193, 4290772994, 2147483648) => [f32:0x7fa00001], gas 17
;; expect lockstep-1: f32_equal(2141192193, 0) => [f32:0x7fa00001], gas 15
;; expect lockstep-1: f32_equal(2141192193, 1) => [f32:0x7fa00001], gas 15
;; expect lockstep-1: f64(9219994337134247937, 18444492273895866370, 1) => [f64:0x7ff4000000000001], gas 15
;; expect lockstep-1: f64_first(9219994337134247937, 18444492273895866370, 1) => [f64:0x7ff4000000000001], gas 17
;; expect lockstep-1: f64_second(9219994337134247937, 18444492273895866370, 1) => [f64:0x7ff4000000000001], gas 17
;; expect lockstep-1: f64(9219994337134247937, 18444492273895866370, 0) => [f64:0xfff8000000000002], gas 15
;; expect lockstep-1: f64_first(9219994337134247937, 18444492273895866370, 0) => [f64:0xfff8000000000002], gas 17
;; expect lockstep-1: f64_second(9219994337134247937, 18444492273895866370, 0) => [f64:0xfff8000000000002], gas 17
;; expect lockstep-1: f64(9219994337134247937, 18444492273895866370, 2147483648) => [f64:0x7ff4000000000001], gas 15
;; expect lockstep-1: f64_first(9219994337134247937, 18444492273895866370, 2147483648) => [f64:0x7ff4000000000001], gas 17
;; expect lockstep-1: f64_second(9219994337134247937, 18444492273895866370, 2147483648) => [f64:0x7ff4000000000001], gas 17
;; expect lockstep-1: f64_equal(9219994337134247937, 0) => [f64:0x7ff4000000000001], gas 15
;; expect lockstep-1: f64_equal(9219994337134247937, 1) => [f64:0x7ff4000000000001], gas 15
;; expect lockstep-1: own(5, 6) => [i32:5], gas 15
;; expect lockstep-1: own(0, 6) => [i32:6], gas 15
;; expect lockstep-1: own_second(5, 6) => [i32:5], gas 15
;; expect lockstep-1: own_second(5, 0) => [i32:0], gas 15
;; expect lockstep-1: all(0) => [i32:0], gas 15
;; expect lockstep-1: all(9) => [i32:9], gas 15
;; expect lockstep-1: onto_condition(5, 6, 1) => [i32:5], gas 17
;; expect lockstep-1: onto_condition(5, 6, 0) => [i32:6], gas 17
;; expect lockstep-1: reference(1) => [i32:1], gas 20
;; expect lockstep-1: reference(0) => [i32:0], gas 20
