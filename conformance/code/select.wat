;; select of locals and constants, of references, and below other operands.
(module
  (func (export "numbers") (param i32 i64) (result i64)
    local.get 1
    i64.const 8
    local.get 0
    select)
  (func (export "references") (param externref i32) (result externref)
    ref.null extern
    local.get 0
    local.get 1
    select (result externref))
  (func (export "nested") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    local.get 0
    local.get 1
    i32.lt_s
    select
    i32.const 3
    local.get 1
    i32.eqz
    select))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 15 checked
;;   1: const_u32 s3, 8
;;   2: select s2, s1, s3 if s0
;;   4: return s2
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 15 checked
;;   1: const_u32 s2, 0
;;   2: select s2, s2, s0 if s1
;;   4: return s2
;; function 2: params 2, locals 0, results 1, window 6, cost 10
;;   0: charge 25 checked
;;   1: i32.lt_s s4, s0, s1
;;   2: select s2, s0, s1 if s4
;;   4: i32.eqz s4, s1
;;   5: const_u32 s3, 3
;;   6: select s2, s2, s3 if s4
;;   8: return s2
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: const_u32 s3, 8
;;   1: select s2, s1, s3 if s0
;;   3: charge 2070 checked
;;   4: return s2
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: const_u32 s2, 0
;;   1: select s2, s2, s0 if s1
;;   3: charge 2070 checked
;;   4: return s2
;; function 2: params 2, locals 0, results 1, window 6, cost 10
;;   0: i32.lt_s s4, s0, s1
;;   1: select s2, s0, s1 if s4
;;   3: i32.eqz s4, s1
;;   4: const_u32 s3, 3
;;   5: select s2, s2, s3 if s4
;;   7: charge 2760 checked
;;   8: return s2
