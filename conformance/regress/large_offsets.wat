;; Offsets at the widths of immediates: 2^7, 2^12, 2^15, 2^16, 2^24 (CVE-2026-34971: Cranelift computed a wrong address for
;; large offsets on arm64). `same(p)` counts the loads whose offset finds what stands at the sum; `kept(p)` does so for
;; stores. Address and offset add up in 33 bits and never wrap.
(module
  (memory 258)
  (func $mark (param i32)
    (i32.store8 (i32.add (local.get 0) (i32.const 0)) (i32.const 1))
    (i32.store8 (i32.add (local.get 0) (i32.const 127)) (i32.const 2))
    (i32.store8 (i32.add (local.get 0) (i32.const 128)) (i32.const 3))
    (i32.store8 (i32.add (local.get 0) (i32.const 4095)) (i32.const 4))
    (i32.store8 (i32.add (local.get 0) (i32.const 4096)) (i32.const 5))
    (i32.store8 (i32.add (local.get 0) (i32.const 4097)) (i32.const 6))
    (i32.store8 (i32.add (local.get 0) (i32.const 32767)) (i32.const 7))
    (i32.store8 (i32.add (local.get 0) (i32.const 32768)) (i32.const 8))
    (i32.store8 (i32.add (local.get 0) (i32.const 65535)) (i32.const 9))
    (i32.store8 (i32.add (local.get 0) (i32.const 65536)) (i32.const 10))
    (i32.store8 (i32.add (local.get 0) (i32.const 16777215)) (i32.const 11))
    (i32.store8 (i32.add (local.get 0) (i32.const 16777216)) (i32.const 12))
    (i32.store8 (i32.add (local.get 0) (i32.const 16777217)) (i32.const 13))
  )
  (func (export "same") (param i32) (result i32)
    (local $n i32)
    (call $mark (local.get 0))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=0 (local.get 0)) (i32.const 1))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=127 (local.get 0)) (i32.const 2))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=128 (local.get 0)) (i32.const 3))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=4095 (local.get 0)) (i32.const 4))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=4096 (local.get 0)) (i32.const 5))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=4097 (local.get 0)) (i32.const 6))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=32767 (local.get 0)) (i32.const 7))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=32768 (local.get 0)) (i32.const 8))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=65535 (local.get 0)) (i32.const 9))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=65536 (local.get 0)) (i32.const 10))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=16777215 (local.get 0)) (i32.const 11))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=16777216 (local.get 0)) (i32.const 12))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u offset=16777217 (local.get 0)) (i32.const 13))))
    (local.get $n))
  (func (export "kept") (param i32) (result i32)
    (local $n i32)
    (i32.store8 offset=0 (local.get 0) (i32.const 101))
    (i32.store8 offset=127 (local.get 0) (i32.const 102))
    (i32.store8 offset=128 (local.get 0) (i32.const 103))
    (i32.store8 offset=4095 (local.get 0) (i32.const 104))
    (i32.store8 offset=4096 (local.get 0) (i32.const 105))
    (i32.store8 offset=4097 (local.get 0) (i32.const 106))
    (i32.store8 offset=32767 (local.get 0) (i32.const 107))
    (i32.store8 offset=32768 (local.get 0) (i32.const 108))
    (i32.store8 offset=65535 (local.get 0) (i32.const 109))
    (i32.store8 offset=65536 (local.get 0) (i32.const 110))
    (i32.store8 offset=16777215 (local.get 0) (i32.const 111))
    (i32.store8 offset=16777216 (local.get 0) (i32.const 112))
    (i32.store8 offset=16777217 (local.get 0) (i32.const 113))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 0))) (i32.const 101))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 127))) (i32.const 102))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 128))) (i32.const 103))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 4095))) (i32.const 104))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 4096))) (i32.const 105))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 4097))) (i32.const 106))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 32767))) (i32.const 107))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 32768))) (i32.const 108))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 65535))) (i32.const 109))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 65536))) (i32.const 110))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 16777215))) (i32.const 111))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 16777216))) (i32.const 112))))
    (local.set $n (i32.add (local.get $n) (i32.eq (i32.load8_u (i32.add (local.get 0) (i32.const 16777217))) (i32.const 113))))
    (local.get $n))
  (func (export "at16908280") (param i32) (result i64) (i64.load offset=16908280 (local.get 0)))
  (func (export "at16777215") (param i32) (result i64) (i64.load offset=16777215 (local.get 0)))
  (func (export "at2147483639") (param i32) (result i64) (i64.load offset=2147483639 (local.get 0)))
  (func (export "at2147483640") (param i32) (result i64) (i64.load offset=2147483640 (local.get 0)))
  (func (export "at2147483647") (param i32) (result i64) (i64.load offset=2147483647 (local.get 0)))
  (func (export "at2147483648") (param i32) (result i64) (i64.load offset=2147483648 (local.get 0)))
  (func (export "at2147483649") (param i32) (result i64) (i64.load offset=2147483649 (local.get 0)))
  (func (export "at4294967287") (param i32) (result i64) (i64.load offset=4294967287 (local.get 0)))
  (func (export "at4294967288") (param i32) (result i64) (i64.load offset=4294967288 (local.get 0)))
  (func (export "at4294967295") (param i32) (result i64) (i64.load offset=4294967295 (local.get 0)))
  (func (export "put4294967295") (param i32) (i64.store offset=4294967295 (local.get 0) (i64.const 1)))
)
;; expect lockstep-1: same(0) => [i32:13], gas 304
;; expect lockstep-1: same(1) => [i32:13], gas 304
;; expect lockstep-1: same(65536) => [i32:13], gas 304
;; expect lockstep-1: kept(0) => [i32:13], gas 284
;; expect lockstep-1: kept(3) => [i32:13], gas 284
;; expect lockstep-1: at16908280(0) => [i64:0], gas 14
;; expect lockstep-1: at16908280(1) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at16777215(131065) => [i64:0], gas 14
;; expect lockstep-1: at16777215(131066) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483639(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483639(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483640(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483640(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483647(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483647(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483648(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483648(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483648(2147483648) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483649(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483649(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at2147483649(2147483647) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967287(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967287(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967287(9) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967288(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967288(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967288(8) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967295(0) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967295(4294967295) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: at4294967295(1) => trap memory_out_of_bounds, gas 14
;; expect lockstep-1: put4294967295(1) => trap memory_out_of_bounds, gas 15
;; expect lockstep-1: put4294967295(4294967295) => trap memory_out_of_bounds, gas 15
