;; decisions 1: a loop's header pays in each round under lockstep-1, behind its label; under cosmwasm 1610 once ahead of
;; the label, 2070 ahead of each br_if, 1610 on falling through.
(module
  (func (export "run") (param i32)
    loop
      local.get 0
      i32.const 1
      i32.sub
      local.tee 0
      br_if 0
    end))
;; == lockstep-1
;; function 0: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 9 checked
;;   1: charge 8 checked
;;   2: i32.sub s0, s0, 1
;;   3: br_if i32.ne s0, 0 -> 1
;;   5: charge 2
;;   6: return
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 1610 checked
;;   1: i32.sub s0, s0, 1
;;   2: charge 2070 checked
;;   3: br_if i32.ne s0, 0 -> 1
;;   5: charge 1610
;;   6: charge 1610
;;   7: return
