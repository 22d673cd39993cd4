;; min and max with zeros of both signs and NaNs, where minsd and maxsd of x86_64 give their second operand; comparisons with
;; NaN, alone and in front of a branch.
(module
  (func (export "f32.min") (param f32 f32) (result f32) (f32.min (local.get 0) (local.get 1)))
  (func (export "f32.max") (param f32 f32) (result f32) (f32.max (local.get 0) (local.get 1)))
  (func (export "f32.relations") (param f32 f32) (result i32) (local $n i32)
    (if (f32.eq (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 1)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f32.eq (local.get 0) (local.get 1)) (i32.const 8))))
    (if (f32.ne (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 2)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f32.ne (local.get 0) (local.get 1)) (i32.const 9))))
    (if (f32.lt (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 4)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f32.lt (local.get 0) (local.get 1)) (i32.const 10))))
    (if (f32.gt (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 8)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f32.gt (local.get 0) (local.get 1)) (i32.const 11))))
    (if (f32.le (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 16)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f32.le (local.get 0) (local.get 1)) (i32.const 12))))
    (if (f32.ge (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 32)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f32.ge (local.get 0) (local.get 1)) (i32.const 13))))
    (local.get $n))
  (func (export "f64.min") (param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1)))
  (func (export "f64.max") (param f64 f64) (result f64) (f64.max (local.get 0) (local.get 1)))
  (func (export "f64.relations") (param f64 f64) (result i32) (local $n i32)
    (if (f64.eq (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 1)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f64.eq (local.get 0) (local.get 1)) (i32.const 8))))
    (if (f64.ne (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 2)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f64.ne (local.get 0) (local.get 1)) (i32.const 9))))
    (if (f64.lt (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 4)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f64.lt (local.get 0) (local.get 1)) (i32.const 10))))
    (if (f64.gt (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 8)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f64.gt (local.get 0) (local.get 1)) (i32.const 11))))
    (if (f64.le (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 16)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f64.le (local.get 0) (local.get 1)) (i32.const 12))))
    (if (f64.ge (local.get 0) (local.get 1)) (then (local.set $n (i32.or (local.get $n) (i32.const 32)))))
    (local.set $n (i32.or (local.get $n) (i32.shl (f64.ge (local.get 0) (local.get 1)) (i32.const 13))))
    (local.get $n)))
;; expect lockstep-1: f32.min(2147483648, 0) => [f32:0x80000000], gas 17
;; expect lockstep-1: f32.min(0, 2147483648) => [f32:0x80000000], gas 17
;; expect lockstep-1: f32.max(2147483648, 0) => [f32:0], gas 17
;; expect lockstep-1: f32.max(0, 2147483648) => [f32:0], gas 17
;; expect lockstep-1: f32.min(2143289345, 1065353216) => [f32:0x7fc00000], gas 17
;; expect lockstep-1: f32.min(1065353216, 2143289345) => [f32:0x7fc00000], gas 17
;; expect lockstep-1: f32.max(2143289345, 4286578688) => [f32:0x7fc00000], gas 17
;; expect lockstep-1: f32.max(2139095040, 2143289345) => [f32:0x7fc00000], gas 17
;; expect lockstep-1: f32.min(2139095040, 4286578688) => [f32:0xff800000], gas 17
;; expect lockstep-1: f32.max(4286578688, 1065353216) => [f32:0x3f800000], gas 17
;; expect lockstep-1: f32.relations(2143289344, 2143289344) => [i32:514], gas 125
;; expect lockstep-1: f32.relations(1065353216, 2143289344) => [i32:514], gas 125
;; expect lockstep-1: f32.relations(2147483648, 0) => [i32:12593], gas 137
;; expect lockstep-1: f32.relations(0, 1065353216) => [i32:5654], gas 137
;; expect lockstep-1: f32.relations(1065353216, 0) => [i32:10794], gas 137
;; expect lockstep-1: f64.min(9223372036854775808, 0) => [f64:0x8000000000000000], gas 17
;; expect lockstep-1: f64.min(0, 9223372036854775808) => [f64:0x8000000000000000], gas 17
;; expect lockstep-1: f64.max(9223372036854775808, 0) => [f64:0], gas 17
;; expect lockstep-1: f64.max(0, 9223372036854775808) => [f64:0], gas 17
;; expect lockstep-1: f64.min(9221120237041090561, 4607182418800017408) => [f64:0x7ff8000000000000], gas 17
;; expect lockstep-1: f64.min(4607182418800017408, 9221120237041090561) => [f64:0x7ff8000000000000], gas 17
;; expect lockstep-1: f64.max(9221120237041090561, 18442240474082181120) => [f64:0x7ff8000000000000], gas 17
;; expect lockstep-1: f64.max(9218868437227405312, 9221120237041090561) => [f64:0x7ff8000000000000], gas 17
;; expect lockstep-1: f64.min(9218868437227405312, 18442240474082181120) => [f64:0xfff0000000000000], gas 17
;; expect lockstep-1: f64.max(18442240474082181120, 4607182418800017408) => [f64:0x3ff0000000000000], gas 17
;; expect lockstep-1: f64.relations(9221120237041090560, 9221120237041090560) => [i32:514], gas 125
;; expect lockstep-1: f64.relations(4607182418800017408, 9221120237041090560) => [i32:514], gas 125
;; expect lockstep-1: f64.relations(9223372036854775808, 0) => [i32:12593], gas 137
;; expect lockstep-1: f64.relations(0, 4607182418800017408) => [i32:5654], gas 137
;; expect lockstep-1: f64.relations(4607182418800017408, 0) => [i32:10794], gas 137
