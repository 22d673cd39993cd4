;; Declared locals are zeroed at entry; under lockstep-1 each is paid, under cosmwasm 3.0.8 none.
(module
  (func (export "few") (local i32 i64))
  (func (export "many") (param i32) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    local.get 0
    local.set 21
    local.get 1
    i32.const 1
    if
      i64.const 4
      local.set 1
    end
    local.get 1
    i64.add))
;; == lockstep-1
;; function 0: params 0, locals 2, results 0, window 2, cost 6
;;   0: charge 11 checked
;;   1: return
;; function 1: params 1, locals 40, results 1, window 43, cost 47
;;   0: charge 55 checked
;;   1: copy s21, s0
;;   2: copy s41, s1
;;   3: const_u32 s42, 1
;;   4: br_if i32.eq s42, 0 -> 8
;;   6: charge 3
;;   7: const_u32 s1, 4
;;   8: charge 4
;;   9: i64.add s41, s41, s1
;;   10: return s41
;; == cosmwasm-3.0.8
;; function 0: params 0, locals 2, results 0, window 2, cost 6
;;   0: charge 1610 checked
;;   1: return
;; function 1: params 1, locals 40, results 1, window 43, cost 47
;;   0: copy s21, s0
;;   1: copy s41, s1
;;   2: const_u32 s42, 1
;;   3: charge 2070 checked
;;   4: br_if i32.eq s42, 0 -> 8
;;   6: const_u32 s1, 4
;;   7: charge 1840
;;   8: i64.add s41, s41, s1
;;   9: charge 1840
;;   10: return s41
