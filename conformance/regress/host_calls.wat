;; Globals, locals of each type and operands below keep what they had across calls of the host, whose results come back in
;; order; a global set before the call is the one read after it, in a loop too.
(module
  (import "env" "h" (func $h (param i32 f64 i64 f32) (result i64)))
  (import "env" "n" (func $n))
  (memory 1)
  (global $i (mut i32) (i32.const -5))
  (global $l (mut i64) (i64.const -6))
  (global $f (mut f32) (f32.const 1.5))
  (global $d (mut f64) (f64.const -2.5))
  (func (export "globals") (param i32) (result i64)
    (loop
      (global.set $i (i32.add (global.get $i) (i32.const 1)))
      (global.set $l (i64.mul (global.get $l) (i64.const 3)))
      (global.set $f (f32.add (global.get $f) (f32.const 1)))
      (global.set $d (f64.mul (global.get $d) (f64.const 2)))
      (drop (call $h (global.get $i) (global.get $d) (global.get $l) (global.get $f)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i64.add (i64.extend_i32_u (global.get $i)) (global.get $l)))
  (func (export "locals") (param i32 i64 f32 f64) (result f64)
    (local.get 0) (local.get 1) (local.get 2) (local.get 3)
    (call $n)
    (i64.store (i32.const 8) (call $h (local.get 0) (local.get 3) (local.get 1) (local.get 2)))
    (call $n)
    (f64.add (local.get 3)) (local.set 3)
    (f32.add (local.get 2)) (local.set 2)
    (i64.add (local.get 1)) (local.set 1)
    (i32.add (local.get 0)) (local.set 0)
    (f64.add (f64.add (f64.convert_i32_u (local.get 0)) (f64.convert_i64_s (local.get 1)))
      (f64.add (f64.promote_f32 (local.get 2)) (local.get 3)))))
;; expect lockstep-1: globals(2) => [i64:4294967239], gas 171, env.h[i32:4294967292 f64:0xc014000000000000 i64:18446744073709551598 f32:0x40200000] at 75, env.h[i32:4294967293 f64:0xc024000000000000 i64:18446744073709551562 f32:0x40600000] at 150
;; expect lockstep-1: locals(2147483647, 18446744073709551615, 1056964608, 4598175219545276416) => [f64:0x41efffffffb00000], gas 122, env.n[] at 22, env.h[i32:2147483647 f64:0x3fd0000000000000 i64:18446744073709551615 f32:0x3f000000] at 37, env.n[] at 51
