;; Calls through two tables, and of the host.
(module
  (type $unary (func (param i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (table $a 2 funcref)
  (table $b 2 funcref)
  (elem (table $b) (i32.const 0) func $twice)
  (func $twice (type $unary)
    local.get 0
    i32.const 1
    i32.shl)
  (func (export "run") (param i32) (result i32)
    local.get 0
    call $log
    local.get 0
    local.get 0
    call_indirect $b (type $unary)
    local.get 0
    call_indirect $a (type $unary)))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 3, cost 7
;;   0: charge 13 checked
;;   1: i32.shl s1, s0, 1
;;   2: return s1
;; function 1: params 1, locals 0, results 1, window 3, cost 7
;;   0: charge 19 checked
;;   1: copy s1, s0
;;   2: charge 0 checked
;;   3: call_host base s1, function 0
;;   4: charge 18 checked
;;   5: copy s1, s0
;;   6: call_indirect base s1, index s0, type 0, table 1
;;   8: charge 17 checked
;;   9: call_indirect base s1, index s0, type 0, table 0
;;   11: charge 1 checked
;;   12: return s1
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 3, cost 7
;;   0: i32.shl s1, s0, 1
;;   1: charge 1955 checked
;;   2: return s1
;; function 1: params 1, locals 0, results 1, window 3, cost 7
;;   0: copy s1, s0
;;   1: charge 1725 checked
;;   2: call_host base s1, function 0
;;   3: copy s1, s0
;;   4: charge 1840 checked
;;   5: call_indirect base s1, index s0, type 0, table 1
;;   7: charge 1725 checked
;;   8: call_indirect base s1, index s0, type 0, table 0
;;   10: charge 1610 checked
;;   11: return s1
