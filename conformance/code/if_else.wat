;; decisions 1: under cosmwasm 1725 before the branch; a load that traps has used 1725; otherwise 1840 before the jump
;; over the else-arm; 1610 after the join; 5175 in all. The else-arm traps at 1725.
(module
  (memory 1)
  (func (export "run") (param i32) (result i32)
    local.get 0
    if (result i32)
      i32.const 0
      i32.load
    else
      unreachable
    end))
;; == lockstep-1
;; function 0: params 1, locals 0, results 1, window 2, cost 6
;;   0: charge 12 checked
;;   1: br_if i32.eq s0, 0 -> 7
;;   3: charge 6
;;   4: const_u32 s1, 0
;;   5: i32.load s1, [s1 + 0]
;;   6: jump -> 9
;;   7: charge 1
;;   8: unreachable
;;   9: charge 1
;;   10: return s1
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 1, window 2, cost 6
;;   0: charge 1725 checked
;;   1: br_if i32.eq s0, 0 -> 7
;;   3: const_u32 s1, 0
;;   4: i32.load s1, [s1 + 0]
;;   5: charge 1840
;;   6: jump -> 8
;;   7: unreachable
;;   8: charge 1610
;;   9: return s1
