;; decisions 10: local 0 waits on the operand stack while the block changes it, so it is copied once ahead of the block.
(module
  (func (export "run") (param i32 i32) (result i32)
    local.get 0
    block
      local.get 1
      br_if 0
      i32.const 5
      local.set 0
    end
    local.get 0
    i32.add))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: charge 14 checked
;;   1: copy s2, s0
;;   2: br_if i32.ne s1, 0 -> 6
;;   4: charge 3
;;   5: const_u32 s0, 5
;;   6: charge 4
;;   7: i32.add s2, s2, s0
;;   8: return s2
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: copy s2, s0
;;   1: charge 1955 checked
;;   2: br_if i32.ne s1, 0 -> 6
;;   4: const_u32 s0, 5
;;   5: charge 1840
;;   6: i32.add s2, s2, s0
;;   7: charge 1840
;;   8: return s2
