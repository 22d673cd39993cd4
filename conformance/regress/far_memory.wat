;; Offsets around 2^31 that lie inside the memory (CVE-2026-34971). The functions end in a trap either way, so that nobody
;; compares all of the memory: `unreachable` says that each load found what was stored at the sum.
(module
  (memory 32769)
  (func $check (param i32 i32)
    (if (i32.ne (local.get 0) (local.get 1)) (then (drop (i32.div_u (i32.const 1) (i32.const 0))))))
  (func (export "far") (param i32)
    (i32.store (i32.add (local.get 0) (i32.const 2147483640)) (i32.const 0x11111111))
    (i32.store (i32.add (local.get 0) (i32.const 2147483644)) (i32.const 0x22222222))
    (i32.store (i32.add (local.get 0) (i32.const 2147483648)) (i32.const 0x33333333))
    (i32.store offset=2147483652 (local.get 0) (i32.const 0x44444444))
    (call $check (i32.load offset=2147483640 (local.get 0)) (i32.const 0x11111111))
    (call $check (i32.load offset=2147483644 (local.get 0)) (i32.const 0x22222222))
    (call $check (i32.load offset=2147483646 (local.get 0)) (i32.const 0x33332222))
    (call $check (i32.load offset=2147483647 (local.get 0)) (i32.const 0x33333322))
    (call $check (i32.load offset=2147483648 (local.get 0)) (i32.const 0x33333333))
    (call $check (i32.load offset=2147483649 (local.get 0)) (i32.const 0x44333333))
    (call $check (i32.load (i32.add (local.get 0) (i32.const 2147483652))) (i32.const 0x44444444))
    (call $check (i32.load offset=1 (i32.add (local.get 0) (i32.const 2147483647))) (i32.const 0x33333333))
    unreachable))
;; expect lockstep-1: far(0) => trap unreachable, gas 304
;; expect lockstep-1: far(4) => trap unreachable, gas 304
;; expect lockstep-1: far(65528) => trap unreachable, gas 304
;; expect lockstep-1: far(65529) => trap memory_out_of_bounds, gas 57
;; expect lockstep-1: far(2147483648) => trap memory_out_of_bounds, gas 57
