;; Arguments are paid where they are pushed; a call with many of them keeps each in its place.
(module
  (func $last (param i32 i64 i32 i64 i32 i64 i32 i64 i32 i64 i32 i64) (result i64)
    local.get 10
    i64.extend_i32_u
    local.get 11
    i64.add)
  (func (export "run") (result i64)
    i32.const 1 i64.const 2 i32.const 3 i64.const 4 i32.const 5 i64.const 6
    i32.const 7 i64.const 8 i32.const 9 i64.const 10 i32.const 11 i64.const 12
    call $last))
;; expect lockstep-1: run() => [i64:23], gas 46
;; expect cosmwasm-3.0.8: run() => [i64:23], gas 6670
