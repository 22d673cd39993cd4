;; Direct calls: charged ahead of the call, a checked charge after it; arguments stand where the callee's window begins.
(module
  (func $fib (export "fib") (param i32) (result i32)
    local.get 0
    i32.const 2
    i32.lt_u
    if
      local.get 0
      return
    end
    local.get 0
    i32.const 1
    i32.sub
    call $fib
    local.get 0
    i32.const 2
    i32.sub
    call $fib
    i32.add)
  (func $swap (param i32 i64) (result i64 i32)
    local.get 1
    local.get 0)
  (func (export "use_swap") (result i64)
    i32.const 7
    i64.const 9
    call $swap
    drop))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: charge 15 checked
;;   1: br_if i32.ge_u s0, 2 -> 5
;;   3: charge 4
;;   4: return s0
;;   5: charge 14
;;   6: i32.sub s1, s0, 1
;;   7: call base s1, function 0
;;   8: charge 14 checked
;;   9: i32.sub s2, s0, 2
;;   10: call base s2, function 0
;;   11: charge 3 checked
;;   12: i32.add s1, s1, s2
;;   13: return s1
;; function 1: params 2, locals 0, results 2, window 4, cost 8
;;   0: charge 11 checked
;;   1: copy s3, s0
;;   2: copy s2, s1
;;   3: return_range s2 * 2
;; function 2: params 0, locals 0, results 1, window 2, cost 6
;;   0: charge 20 checked
;;   1: const_u32 s1, 9
;;   2: const_u32 s0, 7
;;   3: call base s0, function 1
;;   4: charge 2 checked
;;   5: return s0
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 4, cost 8
;;   0: charge 1955 checked
;;   1: br_if i32.ge_u s0, 2 -> 5
;;   3: charge 1725
;;   4: return s0
;;   5: i32.sub s1, s0, 1
;;   6: charge 1955
;;   7: call base s1, function 0
;;   8: i32.sub s2, s0, 2
;;   9: charge 1955 checked
;;   10: call base s2, function 0
;;   11: i32.add s1, s1, s2
;;   12: charge 1725 checked
;;   13: return s1
;; function 1: params 2, locals 0, results 2, window 4, cost 8
;;   0: charge 1840 checked
;;   1: copy s3, s0
;;   2: copy s2, s1
;;   3: return_range s2 * 2
;; function 2: params 0, locals 0, results 1, window 2, cost 6
;;   0: const_u32 s1, 9
;;   1: const_u32 s0, 7
;;   2: charge 1840 checked
;;   3: call base s0, function 1
;;   4: charge 1725 checked
;;   5: return s0
