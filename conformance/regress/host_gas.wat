;; The host sees what has been paid so far, the call included, and the guest goes on from there.
(module
  (import "env" "a" (func $a (param i32) (result i64)))
  (import "env" "b" (func $b (param f32 f64)))
  (func (export "run") (param i32) (result i64)
    loop
      local.get 0
      call $a
      drop
      local.get 0
      i32.const 1
      i32.sub
      local.tee 0
      br_if 0
    end
    f32.const 1
    f64.const -0.0
    call $b
    local.get 0
    call $a))
;; expect lockstep-1: run(2) => [i64:0], gas 74, env.a[i32:2] at 20, env.a[i32:1] at 40, env.b[f32:0x3f800000 f64:0x8000000000000000] at 62, env.a[i32:0] at 73
;; expect lockstep-1 limit 40: run(2) => trap out_of_gas, gas 40, env.a[i32:2] at 20, env.a[i32:1] at 40
;; expect cosmwasm-3.0.8: run(2) => [i64:0], gas 16215, env.a[i32:2] at 3335, env.a[i32:1] at 7245, env.b[f32:0x3f800000 f64:0x8000000000000000] at 12880, env.a[i32:0] at 14605
