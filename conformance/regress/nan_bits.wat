;; NaNs: whatever payload goes in, arithmetic gives the canonical one, on every tier and machine, promote and demote
;; included (wasmtime 8145, wasmer 1269, near 1987); copies, abs, neg, copysign, loads and stores keep every bit, signalling
;; NaNs too. canonicalN counts the operators that gave it. The upper half of a demoted float is clean (eos-vm 91).
(module
  (memory 1)
  (func (export "canonical32") (param f32 f32) (result i32) (local $n i32)
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.sqrt (local.get 0))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.ceil (local.get 0))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.floor (local.get 0))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.trunc (local.get 0))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.nearest (local.get 0))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.add (local.get 0) (local.get 1))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.sub (local.get 0) (local.get 1))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.mul (local.get 0) (local.get 1))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.div (local.get 0) (local.get 1))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.min (local.get 0) (local.get 1))) (i32.const 0x7fc00000))))
    (local.set $n (i32.add (local.get $n)
      (i32.eq (i32.reinterpret_f32 (f32.max (local.get 0) (local.get 1))) (i32.const 0x7fc00000))))
    (local.get $n))
  (func (export "canonical64") (param f64 f64) (result i32) (local $n i32)
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.sqrt (local.get 0))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.ceil (local.get 0))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.floor (local.get 0))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.trunc (local.get 0))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.nearest (local.get 0))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.add (local.get 0) (local.get 1))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.sub (local.get 0) (local.get 1))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.mul (local.get 0) (local.get 1))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.div (local.get 0) (local.get 1))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.min (local.get 0) (local.get 1))) (i64.const 0x7ff8000000000000))))
    (local.set $n (i32.add (local.get $n)
      (i64.eq (i64.reinterpret_f64 (f64.max (local.get 0) (local.get 1))) (i64.const 0x7ff8000000000000))))
    (local.get $n))
  (func (export "promote") (param f32) (result f64) (f64.promote_f32 (local.get 0)))
  (func (export "demote") (param f64) (result f32) (f32.demote_f64 (local.get 0)))
  (func (export "demote_sum") (param f64) (result f64)
    (f64.add (f64.promote_f32 (f32.demote_f64 (local.get 0))) (f64.const 1)))
  (func (export "demote_stored") (param f64) (result i64)
    (i64.store (i32.const 0) (i64.const -1))
    (f32.store (i32.const 0) (f32.demote_f64 (local.get 0)))
    (i64.load (i32.const 0)))
  (func (export "demote_widened") (param f64) (result i64)
    (i64.extend_i32_u (i32.reinterpret_f32 (f32.demote_f64 (local.get 0)))))
  (func (export "convert_widened") (param i64) (result i64)
    (i64.extend_i32_u (i32.reinterpret_f32 (f32.convert_i64_s (local.get 0)))))
  (func (export "abs32") (param f32) (result f32) (f32.abs (local.get 0)))
  (func (export "neg32") (param f32) (result f32) (f32.neg (local.get 0)))
  (func (export "copysign32") (param f32 f32) (result f32) (f32.copysign (local.get 0) (local.get 1)))
  (func (export "abs64") (param f64) (result f64) (f64.abs (local.get 0)))
  (func (export "neg64") (param f64) (result f64) (f64.neg (local.get 0)))
  (func (export "copysign64") (param f64 f64) (result f64) (f64.copysign (local.get 0) (local.get 1)))
  (func (export "through32") (param f32) (result f32)
    (f32.store (i32.const 8) (select (local.get 0) (f32.const 0) (i32.const 1)))
    (f32.load (i32.const 8)))
  (func (export "through64") (param f64) (result f64)
    (f64.store (i32.const 8) (select (local.get 0) (f64.const 0) (i32.const 1)))
    (f64.load (i32.const 8))))
;; expect lockstep-1: canonical32(2143289344, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(2143289344) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(2143289344) => [f32:0x7fc00000], gas 25
;; expect lockstep-1: canonical32(4290772992, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(4290772992) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(4290772992) => [f32:0xffc00000], gas 25
;; expect lockstep-1: canonical32(2143289345, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(2143289345) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(2143289345) => [f32:0x7fc00001], gas 25
;; expect lockstep-1: canonical32(2147483647, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(2147483647) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(2147483647) => [f32:0x7fffffff], gas 25
;; expect lockstep-1: canonical32(2139095041, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(2139095041) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(2139095041) => [f32:0x7f800001], gas 25
;; expect lockstep-1: canonical32(4286578689, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(4286578689) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(4286578689) => [f32:0xff800001], gas 25
;; expect lockstep-1: canonical32(2141192192, 1065353216) => [i32:11], gas 221
;; expect lockstep-1: promote(2141192192) => [f64:0x7ff8000000000000], gas 18
;; expect lockstep-1: through32(2141192192) => [f32:0x7fa00000], gas 25
;; expect lockstep-1: canonical32(2139095041, 4290772992) => [i32:11], gas 221
;; expect lockstep-1: canonical32(1065353216, 4286578689) => [i32:6], gas 221
;; expect lockstep-1: canonical64(9221120237041090560, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(9221120237041090560) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(9221120237041090560) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(9221120237041090560) => [f64:0x7ff8000000000000], gas 25
;; expect lockstep-1: canonical64(18444492273895866368, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(18444492273895866368) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(18444492273895866368) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(18444492273895866368) => [f64:0xfff8000000000000], gas 25
;; expect lockstep-1: canonical64(9221120237041090561, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(9221120237041090561) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(9221120237041090561) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(9221120237041090561) => [f64:0x7ff8000000000001], gas 25
;; expect lockstep-1: canonical64(9223372036854775807, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(9223372036854775807) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(9223372036854775807) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(9223372036854775807) => [f64:0x7fffffffffffffff], gas 25
;; expect lockstep-1: canonical64(9218868437227405313, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(9218868437227405313) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(9218868437227405313) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(9218868437227405313) => [f64:0x7ff0000000000001], gas 25
;; expect lockstep-1: canonical64(18442240474082181121, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(18442240474082181121) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(18442240474082181121) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(18442240474082181121) => [f64:0xfff0000000000001], gas 25
;; expect lockstep-1: canonical64(9219994337134247936, 4607182418800017408) => [i32:11], gas 221
;; expect lockstep-1: demote(9219994337134247936) => [f32:0x7fc00000], gas 18
;; expect lockstep-1: demote_widened(9219994337134247936) => [i64:2143289344], gas 22
;; expect lockstep-1: through64(9219994337134247936) => [f64:0x7ff4000000000000], gas 25
;; expect lockstep-1: canonical64(4607182418800017408, 18442240474082181121) => [i32:6], gas 221
;; expect lockstep-1: demote_sum(4612811918334230528) => [f64:0x400c000000000000], gas 33
;; expect lockstep-1: demote_stored(13830554455654793216) => [i64:18446744072627421184], gas 34
;; expect lockstep-1: convert_widened(18446744073709551615) => [i64:3212836864], gas 22
;; expect lockstep-1: abs32(4286578689) => [f32:0x7f800001], gas 12
;; expect lockstep-1: neg32(2139095041) => [f32:0xff800001], gas 12
;; expect lockstep-1: copysign32(2139095041, 2147483648) => [f32:0xff800001], gas 13
;; expect lockstep-1: abs64(18442240474082181121) => [f64:0x7ff0000000000001], gas 12
;; expect lockstep-1: neg64(9218868437227405313) => [f64:0xfff0000000000001], gas 12
;; expect lockstep-1: copysign64(9218868437227405313, 9223372036854775808) => [f64:0xfff0000000000001], gas 13
