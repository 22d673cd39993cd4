;; More live values than registers, of every type, across a call, a branch and a loop: each comes back with its own width
;; (CVE-2021-32629: Cranelift sign-extended i32 when it reloaded a spilled one, and its address left the sandbox).
(module
  (memory 1)
  (data (i32.const 65535) "\2a")
  (func $other (param i32) (result i32)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local.set 1 (i64.sub (i64.const -4294967297) (i64.extend_i32_u (local.get 0))))
    (local.set 2 (i64.sub (i64.const -8589934594) (i64.extend_i32_u (local.get 0))))
    (local.set 3 (i64.sub (i64.const -12884901891) (i64.extend_i32_u (local.get 0))))
    (local.set 4 (i64.sub (i64.const -17179869188) (i64.extend_i32_u (local.get 0))))
    (local.set 5 (i64.sub (i64.const -21474836485) (i64.extend_i32_u (local.get 0))))
    (local.set 6 (i64.sub (i64.const -25769803782) (i64.extend_i32_u (local.get 0))))
    (local.set 7 (i64.sub (i64.const -30064771079) (i64.extend_i32_u (local.get 0))))
    (local.set 8 (i64.sub (i64.const -34359738376) (i64.extend_i32_u (local.get 0))))
    (local.set 9 (i64.sub (i64.const -38654705673) (i64.extend_i32_u (local.get 0))))
    (local.set 10 (i64.sub (i64.const -42949672970) (i64.extend_i32_u (local.get 0))))
    (local.set 11 (i64.sub (i64.const -47244640267) (i64.extend_i32_u (local.get 0))))
    (local.set 12 (i64.sub (i64.const -51539607564) (i64.extend_i32_u (local.get 0))))
    (local.set 13 (i64.sub (i64.const -55834574861) (i64.extend_i32_u (local.get 0))))
    (local.set 14 (i64.sub (i64.const -60129542158) (i64.extend_i32_u (local.get 0))))
    (local.set 15 (i64.sub (i64.const -64424509455) (i64.extend_i32_u (local.get 0))))
    (local.set 16 (i64.sub (i64.const -68719476752) (i64.extend_i32_u (local.get 0))))
    (local.set 17 (i64.sub (i64.const -73014444049) (i64.extend_i32_u (local.get 0))))
    (local.set 18 (i64.sub (i64.const -77309411346) (i64.extend_i32_u (local.get 0))))
    (local.set 19 (i64.sub (i64.const -81604378643) (i64.extend_i32_u (local.get 0))))
    (local.set 20 (i64.sub (i64.const -85899345940) (i64.extend_i32_u (local.get 0))))
    (i32.wrap_i64 (i64.xor (local.get 1) (local.get 20))))
  (func $fill_i32 (export "i32") (param i32) (result i64)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 1 (i32.sub (local.get 0) (i32.const 16963)))
    (local.set 2 (i32.sub (local.get 0) (i32.const 2316)))
    (local.set 3 (i32.sub (local.get 0) (i32.const 21595)))
    (local.set 4 (i32.sub (local.get 0) (i32.const 9264)))
    (local.set 5 (i32.sub (local.get 0) (i32.const 30859)))
    (local.set 6 (i32.sub (local.get 0) (i32.const 20844)))
    (local.set 7 (i32.sub (local.get 0) (i32.const 44755)))
    (local.set 8 (i32.sub (local.get 0) (i32.const 37056)))
    (local.set 9 (i32.sub (local.get 0) (i32.const 63283)))
    (local.set 10 (i32.sub (local.get 0) (i32.const 57900)))
    (local.set 11 (i32.sub (local.get 0) (i32.const 20907)))
    (local.set 12 (i32.sub (local.get 0) (i32.const 17840)))
    (local.set 13 (i32.sub (local.get 0) (i32.const 48699)))
    (local.set 14 (i32.sub (local.get 0) (i32.const 47948)))
    (local.set 15 (i32.sub (local.get 0) (i32.const 15587)))
    (local.set 16 (i32.sub (local.get 0) (i32.const 17152)))
    (local.set 17 (i32.sub (local.get 0) (i32.const 52643)))
    (local.set 18 (i32.sub (local.get 0) (i32.const 56524)))
    (local.set 19 (i32.sub (local.get 0) (i32.const 28795)))
    (local.set 20 (i32.sub (local.get 0) (i32.const 34992)))
    (local.set 21 (i32.sub (local.get 0) (i32.const 9579)))
    (local.set 22 (i32.sub (local.get 0) (i32.const 18092)))
    (local.set 23 (i32.sub (local.get 0) (i32.const 60531)))
    (local.set 24 (i32.sub (local.get 0) (i32.const 5824)))
    (block (br_if 0 (i32.eqz (call $other (local.get 0)))) (drop (call $other (local.get 3))))
    (i64.const 0)
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 1)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 2)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 3)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 4)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 5)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 6)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 7)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 8)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 9)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 10)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 11)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 12)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 13)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 14)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 15)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 16)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 17)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 18)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 19)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 20)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 21)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 22)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 23)))
    (i64.mul (i64.const 3)) (i64.add (i64.extend_i32_u (local.get 24)))
)
  (func (export "operands") (param i32 i64 f32 f64) (result i64)
    (i32.sub (local.get 0) (i32.const 1)) (i64.sub (local.get 1) (i64.const 1)) (f32.add (local.get 2) (f32.const 1)) (f64.sub (local.get 3) (f64.const 1))
    (i32.sub (local.get 0) (i32.const 2)) (i64.sub (local.get 1) (i64.const 2)) (f32.add (local.get 2) (f32.const 2)) (f64.sub (local.get 3) (f64.const 2))
    (i32.sub (local.get 0) (i32.const 3)) (i64.sub (local.get 1) (i64.const 3)) (f32.add (local.get 2) (f32.const 3)) (f64.sub (local.get 3) (f64.const 3))
    (i32.sub (local.get 0) (i32.const 4)) (i64.sub (local.get 1) (i64.const 4)) (f32.add (local.get 2) (f32.const 4)) (f64.sub (local.get 3) (f64.const 4))
    (i32.sub (local.get 0) (i32.const 5)) (i64.sub (local.get 1) (i64.const 5)) (f32.add (local.get 2) (f32.const 5)) (f64.sub (local.get 3) (f64.const 5))
    (i32.sub (local.get 0) (i32.const 6)) (i64.sub (local.get 1) (i64.const 6)) (f32.add (local.get 2) (f32.const 6)) (f64.sub (local.get 3) (f64.const 6))
    (drop (call $other (local.get 0)))
    (loop (br_if 0 (i32.lt_s (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 3))))
    (drop (call $other (local.get 0)))
    (local.set 1 (i64.const 0))
    i64.reinterpret_f64 local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i32.reinterpret_f32 i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    i64.reinterpret_f64 local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i32.reinterpret_f32 i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    i64.reinterpret_f64 local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i32.reinterpret_f32 i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    i64.reinterpret_f64 local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i32.reinterpret_f32 i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    i64.reinterpret_f64 local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i32.reinterpret_f32 i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    i64.reinterpret_f64 local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i32.reinterpret_f32 i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    local.get 1 i64.xor i64.const 5 i64.rotl local.set 1
    i64.extend_i32_u local.get 1 i64.add i64.const 5 i64.rotl local.set 1
    (local.get 1))
  (func (export "address") (param i32) (result i32)
    (local i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local.set 1 (i32.sub (local.get 0) (i32.const 1)))
    (local.set 2 (i64.const -2))
    (local.set 3 (i64.const -3))
    (local.set 4 (i64.const -4))
    (local.set 5 (i64.const -5))
    (local.set 6 (i64.const -6))
    (local.set 7 (i64.const -7))
    (local.set 8 (i64.const -8))
    (local.set 9 (i64.const -9))
    (local.set 10 (i64.const -10))
    (local.set 11 (i64.const -11))
    (local.set 12 (i64.const -12))
    (local.set 13 (i64.const -13))
    (local.set 14 (i64.const -14))
    (local.set 15 (i64.const -15))
    (local.set 16 (i64.const -16))
    (local.set 17 (i64.const -17))
    (drop (call $other (local.get 0)))
    (loop
      (local.set 2 (i64.add (local.get 2) (i64.extend_i32_s (local.get 1))))
      (local.set 3 (i64.add (local.get 3) (i64.extend_i32_s (local.get 1))))
      (local.set 4 (i64.add (local.get 4) (i64.extend_i32_s (local.get 1))))
      (local.set 5 (i64.add (local.get 5) (i64.extend_i32_s (local.get 1))))
      (local.set 6 (i64.add (local.get 6) (i64.extend_i32_s (local.get 1))))
      (local.set 7 (i64.add (local.get 7) (i64.extend_i32_s (local.get 1))))
      (local.set 8 (i64.add (local.get 8) (i64.extend_i32_s (local.get 1))))
      (local.set 9 (i64.add (local.get 9) (i64.extend_i32_s (local.get 1))))
      (local.set 10 (i64.add (local.get 10) (i64.extend_i32_s (local.get 1))))
      (local.set 11 (i64.add (local.get 11) (i64.extend_i32_s (local.get 1))))
      (local.set 12 (i64.add (local.get 12) (i64.extend_i32_s (local.get 1))))
      (local.set 13 (i64.add (local.get 13) (i64.extend_i32_s (local.get 1))))
      (local.set 14 (i64.add (local.get 14) (i64.extend_i32_s (local.get 1))))
      (local.set 15 (i64.add (local.get 15) (i64.extend_i32_s (local.get 1))))
      (local.set 16 (i64.add (local.get 16) (i64.extend_i32_s (local.get 1))))
      (local.set 17 (i64.add (local.get 17) (i64.extend_i32_s (local.get 1))))
      (drop (call $other (i32.wrap_i64 (local.get 5)))))
    (i32.load8_u (local.get 1))))
;; expect lockstep-1: i32(0) => [i64:16215020565879171292], gas 726
;; expect lockstep-1: i32(65536) => [i64:7274272616720604], gas 726
;; expect lockstep-1: i32(2147483648) => [i64:8106520093722257628], gas 726
;; expect lockstep-1: operands(0, 0, 1056964608, 13821547256400052224) => [i64:16969924099475852248], gas 781
;; expect lockstep-1: operands(4294967295, 18446744073709551615, 3212836864, 4607182418800017408) => [i64:16621982290131738563], gas 792
;; expect lockstep-1: address(65536) => [i32:42], gas 558
;; expect lockstep-1: address(0) => trap memory_out_of_bounds, gas 558
;; expect lockstep-1: address(2147483649) => trap memory_out_of_bounds, gas 558
