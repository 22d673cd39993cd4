;; Tail calls reuse the window: arguments move to its start. Nothing is charged behind them.
(module
  (type $step (func (param i64 i64) (result i64)))
  (table 1 funcref)
  (elem (i32.const 0) func $sum)
  (func $sum (export "sum") (type $step)
    local.get 0
    i64.eqz
    if
      local.get 1
      return
    end
    local.get 0
    i64.const 1
    i64.sub
    local.get 0
    local.get 1
    i64.add
    return_call $sum)
  (func (export "indirect") (type $step)
    local.get 0
    local.get 1
    i32.const 0
    return_call_indirect (type $step)))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 14 checked
;;   1: br_if i64.ne s0, 0 -> 5
;;   3: charge 4
;;   4: return s1
;;   5: charge 18
;;   6: i64.sub s2, s0, 1
;;   7: i64.add s3, s0, s1
;;   8: return_call base s2, function 0
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 27 checked
;;   1: const_u32 s4, 0
;;   2: copy s3, s1
;;   3: copy s2, s0
;;   4: return_call_indirect base s2, index s4, type 0, table 0
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 5, cost 9
;;   0: charge 1840 checked
;;   1: br_if i64.ne s0, 0 -> 5
;;   3: charge 1725
;;   4: return s1
;;   5: i64.sub s2, s0, 1
;;   6: i64.add s3, s0, s1
;;   7: charge 2300
;;   8: return_call base s2, function 0
;; function 1: params 2, locals 0, results 1, window 5, cost 9
;;   0: const_u32 s4, 0
;;   1: copy s3, s1
;;   2: copy s2, s0
;;   3: charge 1955 checked
;;   4: return_call_indirect base s2, index s4, type 0, table 0
